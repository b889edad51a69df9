package suite

import "strings"

// Deliberate is a violation that a suite raises on purpose.
type Deliberate struct {
	Function string // of the C API
	Caller   string // function that calls it
	Module   string // what the caller's file name begins with
	Reason   string
}

// why returns the reason for a violation that is in the table. In a stripped module the
// caller is not known by name.
func why(table []Deliberate, f *Finding) string {
	if len(f.Stack) == 0 {
		return ""
	}
	name, module, _ := strings.Cut(strings.TrimSuffix(f.Stack[0], ")"), " (")
	for _, d := range table {
		named := name == d.Caller || name == "?" || strings.HasPrefix(name, "near ")
		if f.Function == d.Function && named && strings.HasPrefix(module, d.Module) {
			return d.Reason
		}
	}
	return ""
}
