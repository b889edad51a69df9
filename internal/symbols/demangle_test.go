package symbols

import (
	"strings"
	"testing"
)

func TestDemangle(t *testing.T) {
	for name, want := range map[string][2]string{
		"PyLong_FromLong":     {"PyLong_FromLong", "PyLong_FromLong"},
		"memcpy@@GLIBC_2.14":  {"memcpy", "memcpy"},
		"resize.part.0.cold":  {"resize.part.0.cold", "resize"},
		"_Z3fooIfEvT_":        {"void foo<float>(float)", "foo<float>"},
		"_Z3barv.constprop.0": {"bar() [clone .constprop.0]", "bar"},
		"_ZN1AplERKS_":        {"A::operator+(A const&)", "A::operator+"},
		"_ZN4core3ptr13drop_in_place17h0123456789abcdefE": {"core::ptr::drop_in_place", "core::ptr::drop_in_place"},
		"_RINvNtC3std3mem8align_ofdE":                     {"std::mem::align_of::<f64>", "std::mem::align_of::<f64>"},
		"_ZN2ns6holderISt6vectorINSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEESaIS7_EEE3getEv": {
			"ns::holder<std::vector<std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >, " +
				"std::allocator<std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > > > >::get()",
			"ns::holder::get"},
		"_Znot_mangled": {"_Znot_mangled", "_Znot_mangled"},
		"_Z":            {"_Z", "_Z"},
		"":              {"", ""},
	} {
		if full, short := Demangle(name); full != want[0] || short != want[1] {
			t.Errorf("%s: got %q and %q, want %q", name, full, short, want)
		}
	}
	long := "_Z" + strings.Repeat("1a", maxMangled)
	if full, short := Demangle(long); full != long || short != long {
		t.Error("a name too long to demangle is not kept")
	}
}

func TestTrimClones(t *testing.T) {
	for name, want := range map[string]string{
		"f":                              "f",
		"f.constprop.0":                  "f",
		"f.isra.0.part.1.cold":           "f",
		"f.cold":                         "f",
		"f.lto_priv.12":                  "f",
		"f.llvm.1234567890":              "f",
		"f() [clone .isra.0]":            "f()",
		"f() [clone .part.0] [clone .x]": "f()",
		"f.colder":                       "f.colder",
		"go.func":                        "go.func",
		"printf(char const*, ...)":       "printf(char const*, ...)",
		".cold":                          ".cold",
		"":                               "",
	} {
		if got := TrimClones(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func FuzzDemangle(f *testing.F) {
	for _, name := range []string{"_Z3fooIfEvT_", "_RINvNtC3std3mem8align_ofdE", "f.cold", "_ZN4core3ptr13drop_in_place17h0123456789abcdefE"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		full, short := Demangle(name)
		if limit := max(len(name), 1<<maxDemangledPower); len(full) > limit || len(short) > limit {
			t.Errorf("%d bytes became %d and %d", len(name), len(full), len(short))
		}
	})
}
