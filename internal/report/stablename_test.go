package report

import "testing"

func TestStableName(t *testing.T) {
	for name, want := range map[string]string{
		"f":                                      "f",
		"f.isra.0":                               "f",
		"f() [clone .cold]":                      "f()",
		"g(int)::{lambda(void*)#2}::_FUN(void*)": "g(int)::{lambda(void*)}::_FUN(void*)",
		"work._omp_fn.3":                         "work._omp_fn",
		"__pyx_pw_3mod_1func":                    "__pyx_pw_3mod_func",
		"__pyx_pw_3mod_11func":                   "__pyx_pw_3mod_func",
		"__pyx_pw_7pkg_mod_3Cls_5method":         "__pyx_pw_7pkg_mod_3Cls_method",
		"__pyx_f_3mod_func":                      "__pyx_f_3mod_func",
		"__pyx_pw_":                              "__pyx_pw_",
		"__pyx_pw_99999999999999999999":          "__pyx_pw_99999999999999999999",
		"__pyx_pw_3":                             "__pyx_pw_",
	} {
		if got := stableName(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
