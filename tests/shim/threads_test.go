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

// births are the sources of the test of where threads were created.
func births(flags []string) program {
	p := of(flags, "births.c", "shim/birth.c")
	p.link = append([]string{"-Wl,--wrap=pthread_create"}, flags...)
	return p
}

func TestBirths(t *testing.T) {
	t.Parallel()
	run(t, births(nil).build(t, "births"))
}

func TestBirthsSanitized(t *testing.T) {
	t.Parallel()
	run(t, births(sanitized).build(t, "births"))
}
