package capi

import (
	"errors"
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	for symbol, want := range map[string][]string{
		"PyThreadState_Swap": {
			"  3.8 to 3.11: needs an attached thread state, except in a thread that did PyThreadState_Swap(NULL)",
			"  3.12 and later: may be called without an attached thread state: it attaches one itself",
			"  a call of it replaces the current thread state",
			"    source: Python/pystate.c:PyThreadState_Swap",
		},
		"PyLong_AsLong": {"every version: needs an attached thread state; it only reads", "reported as a warning", "longobject.c"},
		"PyBool_FromLong": {
			"3.12 and later: formally needs", "reported as a note",
			"3.8 to 3.11, if it is there: needs an attached thread state (no rule of its own)", "reported as an error",
		},
		"PyCriticalSection_Begin":  {"3.13 and later, builds with a GIL: formally", "free-threaded builds: needs an attached thread state"},
		"PyObject_Free":            {"only where it is called through the PLT", "inherit_slots"},
		"_PyEval_EvalFrameDefault": {"never watched"},
		"PyMem_RawMalloc":          {"every version: may be called without an attached thread state", "c-api/memory"},
		"PyCapsule_New":            {"PyCapsule_New\n  needs an attached thread state (no rule of its own)\n", "is not checked; a macro is not watched"},
		"PyGILState_Ensrue":        {"no rule of its own", "spelled alike, with a rule: PyGILState_Ensure"},
	} {
		text, err := Explain(symbol)
		if err != nil {
			t.Errorf("Explain(%s): %v", symbol, err)
		}
		for _, line := range want {
			if !strings.Contains(text, line) {
				t.Errorf("Explain(%s) lacks %q:\n%s", symbol, line, text)
			}
		}
	}
}

// Every row can be explained, and nothing is called both watched and not.
func TestExplainAll(t *testing.T) {
	for _, r := range All() {
		text, err := Explain(r.Symbol)
		if err != nil {
			t.Errorf("Explain(%s): %v", r.Symbol, err)
		}
		if r.Evidence != "" && !strings.Contains(text, r.Evidence) {
			t.Errorf("Explain(%s) does not name the source of the row for %s", r.Symbol, r.Versions)
		}
		if r.Never && strings.Contains(text, "is reported") {
			t.Errorf("Explain(%s) speaks of a report, but it is never watched:\n%s", r.Symbol, text)
		}
	}
}

func TestExplainRejects(t *testing.T) {
	for name, hint := range map[string]string{
		"pygilstate_ensure":        "did you mean PyGILState_Ensure?",
		"GILState_Ensure":          "did you mean PyGILState_Ensure?",
		"malloc":                   "the names of the C API begin with Py or _Py",
		"":                         "the names of the C API begin with Py or _Py",
		strings.Repeat("x", 1<<20): "the names of the C API begin with Py or _Py",
	} {
		_, err := Explain(name)
		var notAPI *NotAPIError
		if !errors.As(err, &notAPI) {
			t.Fatalf("Explain(%.20q): error %v, want a *NotAPIError", name, err)
		}
		if notAPI.Hint() != hint {
			t.Errorf("Explain(%.20q): hint %q, want %q", name, notAPI.Hint(), hint)
		}
	}
}
