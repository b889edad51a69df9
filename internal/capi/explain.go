package capi

import (
	"fmt"
	"strings"
)

// NotAPIError says that a name is not one of the C API's.
type NotAPIError struct {
	Name string
	Near []string // names with a rule that are spelled alike
}

// Error implements error.
func (e *NotAPIError) Error() string {
	return fmt.Sprintf("%q is not the name of a C-API function", e.Name)
}

// Hint says what to try instead.
func (e *NotAPIError) Hint() string {
	if len(e.Near) > 0 {
		return "did you mean " + strings.Join(e.Near, " or ") + "?"
	}
	return "the names of the C API begin with Py or _Py"
}

// Explain puts the rules for a function in words, row by row with their sources. The
// error for a name that does not match ^_?Py is a *NotAPIError.
func Explain(symbol string) (string, error) {
	if !IsAPI(symbol) {
		return "", &NotAPIError{Name: symbol, Near: nearNames(symbol)}
	}
	rows := Rows(symbol)
	if len(rows) == 0 {
		return explainUnknown(symbol), nil
	}
	var b strings.Builder
	b.WriteString(symbol + "\n")
	rest := AllVersions
	for _, r := range rows {
		rest &^= r.Versions
		explainRow(&b, r)
	}
	if rest != 0 {
		explainRow(&b, watched(symbol, rest))
	}
	explainMarks(&b, rows[0])
	return b.String(), nil
}

func explainUnknown(symbol string) string {
	text := symbol + "\n  needs an attached thread state (no rule of its own)\n" +
		"  whether there is such a function is not checked; a macro is not watched\n"
	if near := nearNames(symbol); len(near) > 0 {
		text += "  spelled alike, with a rule: " + strings.Join(near, ", ") + "\n"
	}
	return text
}

func explainRow(b *strings.Builder, r Rule) {
	where := ""
	switch {
	case r.GILOnly:
		where = ", builds with a GIL"
	case r.Kind == KindWatched && r.Versions != AllVersions:
		where = ", if it is there" // the table does not know in which versions
	}
	fmt.Fprintf(b, "  %s%s: %s\n", r.Versions.Words(), where, r.words())
	if r.Legal != LegalAlways && !r.Never {
		fmt.Fprintf(b, "    a detached call is reported as %s\n", article(SeverityOf(r, "")))
	}
	if r.Evidence != "" {
		fmt.Fprintf(b, "    source: %s\n", r.Evidence)
	}
	if r.GILOnly {
		free := r.in(Version{Major: 3, Minor: LastMinor, FreeThreaded: true})
		fmt.Fprintf(b, "  free-threaded builds: %s\n", free.words())
	}
}

// explainMarks says what holds for a function in every version.
func explainMarks(b *strings.Builder, r Rule) {
	if r.Event != EventNone {
		fmt.Fprintf(b, "  a call of it %s\n    source: %s\n", eventText[r.Event], r.EventEvidence)
	}
	if r.Unacquired {
		fmt.Fprintf(b, "  --on-violation acquire does not acquire the GIL for it\n    source: %s\n", r.UnacquiredEvidence)
	}
	switch {
	case r.Never:
		fmt.Fprintf(b, "  never watched: its address is compared\n    source: %s\n", r.IdentityEvidence)
	case r.Identity && r.Watched():
		fmt.Fprintf(b, "  watched only where it is called through the PLT: its address is compared\n    source: %s\n",
			r.IdentityEvidence)
	}
}

// words says what the row means, for one who wants to call the function.
func (r Rule) words() string {
	switch r.Kind {
	case KindExempt:
		return "may be called without an attached thread state"
	case KindAcquires:
		return "may be called without an attached thread state: it attaches one itself"
	case KindPure:
		return "may be called without an attached thread state: it touches no Python state"
	case KindBenign:
		return "formally needs an attached thread state; it only reads what cannot change"
	case KindSuccessPath:
		return "needs an attached thread state; it only reads as long as it succeeds, its error path does not work without one"
	case KindOwnRule:
		return r.Legal.words()
	}
	return "needs an attached thread state (no rule of its own)"
}

func (l Legal) words() string {
	switch l {
	case LegalAlways:
		return "is not reported when called without an attached thread state"
	case LegalBeforeInit:
		return "needs an attached thread state while Python is initialized; may be called before Py_Initialize and after finalization"
	case LegalAfterSwap:
		return "needs an attached thread state, except in a thread that did PyThreadState_Swap(NULL) or ended an interpreter"
	}
	return "needs an attached thread state"
}

func article(s Severity) string {
	if s == SeverityError {
		return "an " + string(s)
	}
	return "a " + string(s)
}
