package capi

// Severity is how bad a violation is.
type Severity string

// The severities, the worst first.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityNote    Severity = "note"
)

// afterFinalize is the kind of a violation met after Py_Finalize: mostly a destructor at
// exit, which can do little harm by then.
const afterFinalize = "after-finalize"

// SeverityOf gives the severity of a violation of r. The violation's kind is one of
// the report's: gil-not-held, before-init, after-finalize, not-attached-here.
func SeverityOf(r Rule, violationKind string) Severity {
	switch {
	case r.Kind == KindBenign:
		return SeverityNote
	case r.Kind == KindSuccessPath, violationKind == afterFinalize:
		return SeverityWarning
	}
	return SeverityError
}
