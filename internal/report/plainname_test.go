package report

import "testing"

// TestPlainName has a function as a symbol names it and as debug information does where it was
// inlined: of GCC 12, for tests/diff/testdata/rebuilt.cc among others.
func TestPlainName(t *testing.T) {
	for symbol, inlined := range map[string]string{
		"touch":   "touch",
		"touch()": "touch",
		"(anonymous namespace)::work(_object*, _object*)":                                                                                          "(anonymous namespace)::work",
		"(anonymous namespace)::first(int)::{lambda()#1}::operator()() const":                                                                      "(anonymous namespace)::first::{lambda}::operator()",
		"int (anonymous namespace)::without_gil<(anonymous namespace)::first(int)::{lambda()#1}>((anonymous namespace)::first(int)::{lambda()#1})": "(anonymous namespace)::without_gil<(anonymous namespace)::first(int)::<lambda()> >",
		"ns::Set<int>::get(int) const": "ns::Set<int>::get",
		"ns::operator<(int, int)":      "ns::operator<",
		"mod::f::{{closure}}":          "mod::f::{{closure}}",
	} {
		if a, b := plainName(stableName(symbol)), plainName(stableName(inlined)); a != b || a == "" {
			t.Errorf("%q is %q, %q is %q", symbol, a, inlined, b)
		}
	}
	for a, b := range map[string]string{
		"touch()":      "touched()",
		"a::touch()":   "b::touch",
		"ns::f(int)":   "ns::(anonymous namespace)::f",
		"operator()()": "operator<",
		"first(int)::{lambda()#1}::operator()() const": "second::{lambda}::operator()",
	} {
		if plainName(a) == plainName(b) {
			t.Errorf("%q and %q are both %q", a, b, plainName(a))
		}
	}
}
