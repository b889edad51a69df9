package report

import (
	"regexp"
	"strings"

	"github.com/gilwatch/gilwatch/internal/symbols"
)

var (
	// lambdaNumber counts the lambdas of a function: "{lambda(int)#2}".
	lambdaNumber = regexp.MustCompile(`#[0-9]+\}`)
	// ompNumber counts a function's parallel regions (gcc/omp-low.cc, create_omp_child_function_name).
	ompNumber = regexp.MustCompile(`\._omp_fn\.[0-9]+`)
	// cythonName is the name of a Python function's C function (Cython/Compiler/Naming.py).
	cythonName = regexp.MustCompile(`^__pyx_(pw|pf|gb)_`)
)

// stableName is a function's name without what changes when its source is built with
// other flags or other functions come and go around it.
func stableName(function string) string {
	name := symbols.TrimClones(function)
	name = lambdaNumber.ReplaceAllString(name, "}")
	name = ompNumber.ReplaceAllString(name, "._omp_fn")
	if prefix := cythonName.FindString(name); prefix != "" {
		name = prefix + withoutCythonNumber(name[len(prefix):])
	}
	return name
}

// withoutCythonNumber cuts the number that Cython counts a module's functions by. It stands
// before the last part; those before, the modules and classes, have their length there.
func withoutCythonNumber(parts string) string {
	kept := ""
	for {
		digits := len(parts) - len(strings.TrimLeft(parts, "0123456789"))
		if digits == 0 || digits > 3 {
			return kept + parts
		}
		length := 0
		for _, d := range parts[:digits] {
			length = 10*length + int(d-'0')
		}
		end := digits + length
		if end+1 >= len(parts) || parts[end] != '_' || parts[end+1] < '0' || parts[end+1] > '9' {
			return kept + parts[digits:]
		}
		kept, parts = kept+parts[:end+1], parts[end+1:]
	}
}
