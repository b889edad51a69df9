package gate

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// Of a Python stack deeper than what is kept the report says that there is more.
func TestDeepPython(t *testing.T) {
	const code = `
import calls
def down(n):
    return down(n - 1) if n else calls.FUNCTION()
down(DEPTH)
`
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		for depth, frames := range map[string]int{"98": 100, "99": 100, "500": 100, "20": 22} { // and down(0), <module>
			v := watch.Run(t, watch.Python(s.py, with(code, "FUNCTION", "wrong_truth", "DEPTH", depth), s.module)).Only(t, watch.Want{Function: touched})[0]
			if len(v.PythonStack) != frames || v.PythonTruncated != (depth == "99" || depth == "500") {
				t.Errorf("%s deep: %d frames, more %v", depth, len(v.PythonStack), v.PythonTruncated)
			}
		}
		watch.Run(t, watch.Python(s.py, with(code, "FUNCTION", "right_truth", "DEPTH", "500"), s.module)).Clean(t)
	})
}
