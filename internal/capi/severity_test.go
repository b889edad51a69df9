package capi

import "testing"

func TestSeverityOf(t *testing.T) {
	for _, tt := range []struct {
		symbol, version, violation string
		want                       Severity
	}{
		{"PyCapsule_New", "3.12", "gil-not-held", SeverityError},
		{"PyCapsule_New", "3.12", "before-init", SeverityError},
		{"PyCapsule_New", "3.12", "not-attached-here", SeverityError},
		{"PyCapsule_New", "3.12", "after-finalize", SeverityWarning},
		{"PyEval_SaveThread", "3.9", "gil-not-held", SeverityError},
		{"PyTuple_GetItem", "3.9", "gil-not-held", SeverityWarning},
		{"PyDict_GetItem", "3.8", "gil-not-held", SeverityWarning},
		{"PyDict_GetItem", "3.9", "gil-not-held", SeverityWarning},
		{"PyDict_GetItem", "3.10", "gil-not-held", SeverityError},
		{"PyType_IsSubtype", "3.13", "gil-not-held", SeverityNote},
		{"PyType_IsSubtype", "3.13", "after-finalize", SeverityNote},
		{"PyCriticalSection_End", "3.15", "gil-not-held", SeverityNote},
		{"PyCriticalSection_End", "3.15t", "gil-not-held", SeverityError},
	} {
		r := Lookup(tt.symbol, version(t, tt.version))
		if got := SeverityOf(r, tt.violation); got != tt.want {
			t.Errorf("SeverityOf(%s on %s, %s) = %s, want %s", tt.symbol, tt.version, tt.violation, got, tt.want)
		}
	}
}
