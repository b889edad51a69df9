package bindings

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// Without gilwatch the fixtures show why it is needed: up to 3.11 nothing is to be seen,
// and from 3.12 on the process is gone. Every right one works everywhere.
func TestBindingsUnwatched(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		fixtures := build(t, py, "-O2")
		for _, pair := range pairs {
			if !pair.fits(py) {
				continue
			}
			t.Run(pair.name, func(t *testing.T) {
				right := watch.Bare(t, fixtures.call(t, pair.module, pair.right))
				right.Exit(t, 0)
				right.Prints(t, pair.prints+"\n")
				wrong := watch.Bare(t, fixtures.call(t, pair.module, pair.wrong))
				if py.ThreadLocal() {
					wrong.Exit(t, 128+11)
				} else {
					wrong.Exit(t, 0)
					wrong.Prints(t, pair.prints+"\n")
				}
			})
		}
	})
}
