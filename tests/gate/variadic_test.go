package gate

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// Arguments in every register class and on the stack reach a variadic function whole.
func TestVariadicAttached(t *testing.T) {
	onEach(t, "variadic.c", func(t *testing.T, s subject) {
		s.right(t,
			"build()", "write_out()",
			"parse(*map(float, range(10)), 3, -4)",
			"parse_keywords(1., 2., 3., 4., 5., 6., 7., h=8., i=9.)",
			"right_parse(*map(float, range(8)))", "right_pack()")
		result := watch.Run(t, s.command("build()"))
		result.Prints(t, "(1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5, "+
			"1, 2, 3, 4, 5, 6, 1099511627776, -8, 'end')\n")
	}, fixture.Bindings()...)
}

func TestVariadicError(t *testing.T) {
	onEach(t, "variadic.c", func(t *testing.T, s subject) {
		result := watch.Run(t, s.command("format()"))
		result.Exit(t, 1)
		result.Watched(t)
		result.None(t)
		if want := "ValueError: 1 two 3 4 5 6 7 eight\n"; !strings.HasSuffix(result.Stderr, want) {
			t.Errorf("stderr %q, want it to end in %q", result.Stderr, want)
		}
	}, fixture.Bindings()...)
}

// Recording a violation must leave the arguments as they were.
func TestVariadicDetached(t *testing.T) {
	onEach(t, "variadic.c", func(t *testing.T, s subject) {
		parse := "PyArg_ParseTuple"
		if s.py.Minor < 13 { // PY_SSIZE_T_CLEAN made it a macro, Include/modsupport.h
			parse = "_PyArg_ParseTuple_SizeT"
		}
		s.wrong(t, "wrong_parse(*map(float, range(8)))", watch.Want{Function: parse})

		pack := "PyFloat_Pack8"
		if s.py.Minor < 11 {
			pack = "_PyFloat_Pack8"
		}
		result := watch.Run(t, s.command("wrong_pack()"))
		result.Exit(t, 0)
		result.Prints(t, "-1234.5678\n")
		s.only(t, result, watch.Want{Function: pack, Severity: "warning"})
	}, fixture.Bindings()...)
}
