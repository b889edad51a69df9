package collector

import (
	"path/filepath"
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// unittestCall is the function of unittest/case.py that calls a test. Those that call what is
// around one, as _callSetUp does, have no frame of the test: it is an attribute of an object.
const unittestCall = "_callTestMethod"

// unittestIn is the test that unittest called on a Python stack, innermost frame first, as
// pytest would name it: "folder/file.py::Class::method (call)". Before 3.11 a frame does not
// know its class. "" is none.
func unittestIn(stack []report.PythonFrame, cwd *string) string {
	for i, f := range stack {
		file := word(f.File)
		if lastName(f.Function) != unittestCall || !strings.HasSuffix(file, "unittest/case.py") && !strings.HasSuffix(file, "unittest/async_case.py") {
			continue
		}
		library := filepath.Dir(filepath.Dir(file)) + "/"
		// Between it and the test are decorators, unittest.mock's and the project's own, and
		// event loops (asyncio). A wrapper is no test, whatever it wraps.
		for j := i - 1; j >= 0; j-- {
			if file := word(stack[j].File); file != "" && !isLibrary(file, library) && isTestName(lastName(stack[j].Function)) {
				return inside(file, cwd) + "::" + strings.ReplaceAll(*stack[j].Function, ".", "::") + " (call)"
			}
		}
	}
	return ""
}

// isTestName tells whether a method is one that unittest's loader takes, whose prefix nobody
// changes, or that of a TestCase made by hand.
func isTestName(method string) bool { return strings.HasPrefix(method, "test") || method == "runTest" }

// isLibrary tells whether a file is the standard library's, which lies in a folder with a
// slash at its end, or frozen into the interpreter.
func isLibrary(file, library string) bool {
	return strings.HasPrefix(file, library) && !strings.Contains(file, "/site-packages/") || strings.HasPrefix(file, "<frozen")
}

// inside is a file as it is called in the working folder.
func inside(file string, cwd *string) string {
	if cwd == nil || !filepath.IsAbs(file) {
		return strings.TrimPrefix(file, "./")
	}
	if rel, err := filepath.Rel(*cwd, file); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return file
}

// lastName is a qualified name's last part.
func lastName(name *string) string {
	s := word(name)
	return s[strings.LastIndexByte(s, '.')+1:]
}

func word(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
