package shim

import "testing"

var tsan = []string{"-fsanitize=thread", "-O1"}

func TestStacksAreFoundAgain(t *testing.T) {
	t.Parallel()
	run(t, of(nil, "stacks.c", "shim/stacks.c").build(t, "stacks"))
}

func TestStacksSanitized(t *testing.T) {
	t.Parallel()
	run(t, of(append([]string{"-DEACH=1000"}, sanitized...), "stacks.c", "shim/stacks.c").build(t, "stacks"))
}

func TestStacksRaceFree(t *testing.T) {
	t.Parallel()
	run(t, of(append([]string{"-DEACH=1000"}, tsan...), "stacks.c", "shim/stacks.c").build(t, "stacks"))
}

func TestHolderTellsTheLastThread(t *testing.T) {
	t.Parallel()
	run(t, of(nil, "holders.c", "shim/holder.c").build(t, "holders"))
}

func TestHolderRaceFree(t *testing.T) {
	t.Parallel()
	run(t, of(tsan, "holders.c", "shim/holder.c").build(t, "holders"))
}
