package capi

import (
	"cmp"
	"strings"
	"testing"
)

func version(t *testing.T, s string) Version {
	t.Helper()
	v, err := ParseVersion(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLookup(t *testing.T) {
	tests := []struct {
		symbol, version string
		kind            Kind
		legal           Legal
		event           Event
		watched         bool
	}{
		{"PyCapsule_New", "3.12", KindWatched, LegalNever, EventNone, true},
		{"_Py_Dealloc", "3.8", KindWatched, LegalNever, EventNone, true},
		{"PyMem_RawMalloc", "3.8", KindExempt, LegalAlways, EventNone, false},
		{"PyUnicode_GetMax", "3.9", KindPure, LegalAlways, EventNone, false},
		{"PyUnicode_GetMax", "3.10", KindWatched, LegalNever, EventNone, true},
		{"PyTraceMalloc_Track", "3.13", KindAcquires, LegalAlways, EventNone, false},
		{"PyGILState_Ensure", "3.12", KindAcquires, LegalAlways, EventEnsure, true},
		{"PyEval_RestoreThread", "3.8", KindAcquires, LegalAlways, EventRestore, true},
		{"PyEval_SaveThread", "3.15", KindOwnRule, LegalNever, EventSave, true},
		{"PyGILState_Release", "3.11", KindOwnRule, LegalNever, EventEnsureRelease, true},
		{"PyThreadState_Swap", "3.11", KindOwnRule, LegalAfterSwap, EventSwap, true},
		{"PyThreadState_Swap", "3.12", KindAcquires, LegalAlways, EventSwap, true},
		{"PyThreadState_Delete", "3.13", KindOwnRule, LegalAlways, EventDelete, true},
		{"PyInterpreterState_Delete", "3.13", KindOwnRule, LegalAlways, EventNone, false},
		{"Py_NewInterpreter", "3.12", KindOwnRule, LegalAfterSwap, EventNewInterpreter, true},
		{"Py_FinalizeEx", "3.13", KindOwnRule, LegalBeforeInit, EventFinalize, true},
		{"PySys_AddXOption", "3.9", KindOwnRule, LegalBeforeInit, EventNone, true},
		{"PySys_SetArgv", "3.9", KindOwnRule, LegalNever, EventNone, true},
		{"Py_EncodeLocale", "3.11", KindOwnRule, LegalBeforeInit, EventNone, true},
		{"Py_EncodeLocale", "3.12", KindOwnRule, LegalNever, EventNone, true},
		{"PyDict_GetItem", "3.9", KindSuccessPath, LegalNever, EventNone, true},
		{"PyDict_GetItem", "3.10", KindOwnRule, LegalNever, EventNone, true},
		{"PyLong_AsLong", "3.8", KindSuccessPath, LegalNever, EventNone, true},
		{"PyBool_FromLong", "3.11", KindWatched, LegalNever, EventNone, true},
		{"PyBool_FromLong", "3.12", KindBenign, LegalNever, EventNone, true},
		{"PyCriticalSection_Begin", "3.13", KindBenign, LegalNever, EventNone, true},
		{"PyCriticalSection_Begin", "3.13t", KindWatched, LegalNever, EventNone, true},
		{"PyMutex_Lock", "3.13t", KindExempt, LegalAlways, EventNone, false},
		// A version later than the table follows the last row.
		{"PyThreadState_Swap", "3.16", KindAcquires, LegalAlways, EventSwap, true},
		{"PyBool_FromLong", "3.40", KindBenign, LegalNever, EventNone, true},
		{"PyImport_GetMagicNumber", "4.0", KindPure, LegalAlways, EventNone, false},
		{"Py_SetStandardStreamEncoding", "3.16", KindWatched, LegalNever, EventNone, true},
		// Not of the C API.
		{"malloc", "3.12", KindWatched, LegalNever, EventNone, false},
	}
	for _, tt := range tests {
		r := Lookup(tt.symbol, version(t, tt.version))
		if r.Symbol != tt.symbol || r.Kind != tt.kind || r.Legal != tt.legal || r.Event != tt.event || r.Watched() != tt.watched {
			t.Errorf("Lookup(%s, %s) = %+v, watched %v; want %s, %s, event %q, watched %v",
				tt.symbol, tt.version, r, r.Watched(), tt.kind, tt.legal, tt.event, tt.watched)
		}
	}
}

func TestLookupIdentity(t *testing.T) {
	v := version(t, "3.13")
	for symbol, want := range map[string]struct{ identity, never, watched bool }{
		"PyObject_Free":                {true, false, true},
		"PyObject_HashNotImplemented":  {true, false, true},
		"_PyEval_EvalFrameDefault":     {true, true, false},
		"_Py_hashtable_compare_direct": {true, false, false}, // pure
		"PyObject_Malloc":              {false, false, true},
	} {
		r := Lookup(symbol, v)
		if r.Identity != want.identity || r.Never != want.never || r.Watched() != want.watched {
			t.Errorf("Lookup(%s) = %+v, watched %v; want %+v", symbol, r, r.Watched(), want)
		}
	}
}

func TestRows(t *testing.T) {
	rows := Rows("PyThreadState_Swap")
	if len(rows) != 2 || rows[0].Versions.String() != "3.8-3.11" || rows[1].Versions.String() != "3.12-3.15" {
		t.Fatalf("Rows(PyThreadState_Swap) = %+v, want one for 3.8-3.11 and one for 3.12-3.15", rows)
	}
	rows[0].Kind = KindPure
	if Lookup("PyThreadState_Swap", version(t, "3.8")).Kind == KindPure {
		t.Error("a change to what Rows gave reached the table")
	}
	if rows := Rows("PyCapsule_New"); rows != nil {
		t.Errorf("Rows(PyCapsule_New) = %+v, want none", rows)
	}
}

func TestIsAPI(t *testing.T) {
	for name, want := range map[string]bool{
		"PyLong_FromLong": true, "_PyLong_Sign": true, "Py_Is": true, "_Py_Dealloc": true,
		"": false, "_": false, "P": false, "__Py_x": false, "py_x": false, "XPy": false, "malloc": false,
	} {
		if IsAPI(name) != want {
			t.Errorf("IsAPI(%q) = %v", name, !want)
		}
	}
}

// The embedded tables are well-formed: the parser checks columns, order, overlap and
// values; what it does not check stands here.
func TestTablesWellFormed(t *testing.T) {
	parsed, err := parseTable(rulesTSV, eventsTSV, identityTSV, unacquiredTSV)
	if err != nil {
		t.Fatal(err)
	}
	if len(parsed.rows) < 600 {
		t.Errorf("%d rows, want the whole table", len(parsed.rows))
	}
	var used Versions
	for _, r := range parsed.rows {
		used |= r.Versions
		for _, evidence := range []string{r.Evidence, r.EventEvidence, r.IdentityEvidence, r.UnacquiredEvidence} {
			if evidence != strings.TrimSpace(evidence) || strings.Contains(evidence, "?:") {
				t.Errorf("%s: evidence %q is not a source", r.Symbol, evidence)
			}
		}
		// A function that gives up or deletes a state cannot do so detached.
		switch r.Event {
		case EventSave, EventRelease, EventEnsureRelease, EventEndInterpreter, EventReleaseLock:
			if r.Kind == KindOwnRule && r.Legal != LegalNever {
				t.Errorf("%s gives a thread state up, but is legal %s when detached", r.Symbol, r.Legal)
			}
		}
	}
	if used != AllVersions {
		t.Errorf("the table is about %s, FirstMinor and LastMinor say %s", used, AllVersions)
	}
}

func TestParseTableRejects(t *testing.T) {
	const rules = "symbol\tkind\tlegal\tversions\tbuilds\tevidence\n"
	const events = "symbol\tevent\tevidence\n"
	const identity = "symbol\tgate\tevidence\n"
	const unacquired = "symbol\tevidence\n"
	row := func(fields ...string) string { return strings.Join(fields, "\t") + "\n" }
	good := row("PyA", "exempt", "always", "3.8-3.11", "all", "doc")
	tests := []struct {
		name, rules, events, identity, want string
		unacquired                          string // none if ""
	}{
		{"good", rules + good, events + row("PyA", "save", "x"), identity + row("PyA", "never", "x"), "", ""},
		{"no header", good, events, identity, "rules.tsv: line 1", ""},
		{"few fields", rules + row("PyA", "exempt"), events, identity, "line 2: want 6 fields", ""},
		{"no evidence", rules + row("PyA", "exempt", "always", "3.8", "all", ""), events, identity, "none empty", ""},
		{"unknown kind", rules + row("PyA", "fine", "always", "3.8", "all", "doc"), events, identity, `kind "fine"`, ""},
		{"kind against legal", rules + row("PyA", "exempt", "never", "3.8", "all", "doc"), events, identity, `legal "never"`, ""},
		{"bad versions", rules + row("PyA", "exempt", "always", "3.7", "all", "doc"), events, identity, "minor version 7", ""},
		{"bad builds", rules + row("PyA", "exempt", "always", "3.8", "some", "doc"), events, identity, `builds "some"`, ""},
		{"not sorted", rules + row("PyB", "exempt", "always", "3.8", "all", "doc") + good, events, identity, "PyA must stand before PyB", ""},
		{"not API", rules + row("malloc", "exempt", "always", "3.8", "all", "doc"), events, identity, `"malloc" is not`, ""},
		{"overlap", rules + good + row("PyA", "pure", "always", "3.11-3.12", "all", "doc"), events, identity, "two rows for 3.11", ""},
		{"unknown event", rules, events + row("PyA", "jump", "x"), identity, `events.tsv: line 2: event "jump"`, ""},
		{"event twice", rules, events + row("PyA", "save", "x") + row("PyA", "swap", "x"), identity, "stands here twice", ""},
		{"unknown gate", rules, events, identity + row("PyA", "maybe", "x"), `identity.tsv: line 2: gate "maybe"`, ""},
		{"identity twice", rules, events, identity + row("PyA", "never", "x") + row("PyA", "never", "x"), "stands here twice", ""},
		{"unacquired twice", rules, events, identity, "stands here twice", unacquired + row("PyA", "x") + row("PyA", "x")},
	}
	for _, tt := range tests {
		_, err := parseTable(tt.rules, tt.events, tt.identity, cmp.Or(tt.unacquired, unacquired))
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

func BenchmarkParseTable(b *testing.B) {
	for b.Loop() {
		if _, err := parseTable(rulesTSV, eventsTSV, identityTSV, unacquiredTSV); err != nil {
			b.Fatal(err)
		}
	}
}
