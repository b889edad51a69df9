package shim

import "testing"

func TestMarksOfThreads(t *testing.T) {
	t.Parallel()
	run(t, of(nil, "marks.c", "shim/mark.c").build(t, "marks"))
}

func TestMarksSanitized(t *testing.T) {
	t.Parallel()
	run(t, of(sanitized, "marks.c", "shim/mark.c").build(t, "marks"))
}

func TestMarksRaceFree(t *testing.T) {
	t.Parallel()
	run(t, of(tsan, "marks.c", "shim/mark.c").build(t, "marks"))
}

func TestWalksHaveStorageOfTheirOwn(t *testing.T) {
	t.Parallel()
	run(t, of(nil, "walks.c", "shim/walk.c").build(t, "walks"))
}

// Within the blocks only: of pages that come and go by system calls ThreadSanitizer
// does not know.
func TestWalksRaceFree(t *testing.T) {
	t.Parallel()
	run(t, of(append([]string{"-DDEEP=2"}, tsan...), "walks.c", "shim/walk.c").build(t, "walks"))
}
