//go:build !gilwatch_shim

package report

import "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

// informationURI is where the tool is described.
const informationURI = "https://github.com/gilwatch/gilwatch"

// kindRow explains a kind of violation.
type kindRow struct{ kind, name, short, help string }

// kindTable explains the kinds. docs/reading.md says the same at length.
var kindTable = []kindRow{
	{KindGILNotHeld, "GilNotHeld", "C-API function called without the GIL",
		"An extension called a function of the CPython C API in a thread that had no attached thread state: it had " +
			"released the GIL, or never had it. Up to Python 3.11 such a call corrupts memory without a word; from 3.12 " +
			"on it mostly ends the process. Take the GIL around the call, or release it later."},
	{KindBeforeInit, "BeforeInit", "C-API function called before Py_Initialize",
		"The interpreter did not exist yet. Call Py_Initialize first."},
	{KindAfterFinalize, "AfterFinalize", "C-API function called after finalization",
		"The interpreter was gone, or going: a thread or a destructor outlived it. End threads before Py_Finalize, and " +
			"let go of Python objects before."},
	{KindNotAttachedHere, "NotAttachedHere", "C-API function called on a foreign thread state",
		"The current thread state is another thread's, or was deleted. Attach a state of this thread."},
	{otherKind, "Other", "C-API function called against the rules", "See the message."},
}

// otherKind stands for kinds that this version does not know.
const otherKind = "other"

func ruleIndex(kind string) int {
	for i, row := range kindTable {
		if row.kind == kind {
			return i
		}
	}
	return len(kindTable) - 1
}

func ruleID(kind string) string { return kindTable[ruleIndex(kind)].kind }

func sarifRules() []*sarif.ReportingDescriptor {
	var rules []*sarif.ReportingDescriptor
	for _, row := range kindTable {
		rules = append(rules, sarif.NewReportingDescriptor().WithID(row.kind).WithName(row.name).
			WithShortDescription(text210(row.short)).WithFullDescription(text210(row.help)).
			WithHelp(text210(row.help).WithMarkdown(row.help)).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarif.LevelError)).
			WithProperties(sarif.NewPropertyBag().WithTags([]string{"correctness", "python", "gil"})))
	}
	return rules
}

func text210(s string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(s)
}
