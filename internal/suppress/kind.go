package suppress

import (
	"path"
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// kind is what a term looks at.
type kind struct {
	name, about string
	// holds tells whether matches says yes to what it is to be asked about v.
	holds func(v *report.Violation, matches func(string) bool) bool
}

// kinds are all there are, in the order of the documentation.
var kinds = []kind{
	{"function", "the C-API function", ofFunction},
	{"frame", "the function of any native frame", ofFrame},
	{"top", "the function of the extension's innermost frame", ofTop},
	{"module", "the file name of the calling module", ofModule},
	{"file", "the source file of the extension's innermost frame", ofFile},
	{"python", "the function or file of any Python frame", ofPython},
	{"test", "the id of the test", ofTest},
	{"thread", "the name of the thread", ofThread},
}

func kindNamed(name string) (kind, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

// KindNames are the kinds in the order in which they are documented.
func KindNames() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

func ofFunction(v *report.Violation, matches func(string) bool) bool { return matches(v.Function) }

func ofFrame(v *report.Violation, matches func(string) bool) bool {
	for i := range v.NativeStack {
		if frameMatches(&v.NativeStack[i], matches) {
			return true
		}
	}
	return false
}

// frameMatches asks for the whole name and for the one that the text report shows.
func frameMatches(f *report.Frame, matches func(string) bool) bool {
	return f.Function != nil && (matches(*f.Function) || matches(f.Name()))
}

func ofTop(v *report.Violation, matches func(string) bool) bool {
	f := report.Caller(v)
	return f != nil && frameMatches(f, matches)
}

// ofModule takes the file name as it is, and the name without what changes from build to
// build: "_mod.abi3.so" is "_mod" too.
func ofModule(v *report.Violation, matches func(string) bool) bool {
	f := report.Caller(v)
	if f == nil || f.Module == nil {
		return false
	}
	return matches(path.Base(*f.Module)) || matches(report.ModuleName(*f.Module))
}

func ofFile(v *report.Violation, matches func(string) bool) bool {
	f := report.Caller(v)
	return f != nil && f.File != nil && fileMatches(*f.File, matches)
}

// fileMatches takes the path, its file name, and each of its ends that begins at a folder.
func fileMatches(file string, matches func(string) bool) bool {
	for {
		if matches(file) {
			return true
		}
		i := strings.IndexByte(file, '/')
		if i < 0 {
			return false
		}
		file = file[i+1:]
	}
}

func ofPython(v *report.Violation, matches func(string) bool) bool {
	for _, f := range v.PythonStack {
		if f.Function != nil && matches(*f.Function) || f.File != nil && fileMatches(*f.File, matches) {
			return true
		}
	}
	return false
}

// ofTest holds only when every test does: one violation may come from several.
func ofTest(v *report.Violation, matches func(string) bool) bool {
	for _, test := range v.Tests {
		id, _ := report.SplitTest(test)
		if !matches(test) && !matches(id) {
			return false
		}
	}
	return len(v.Tests) > 0
}

func ofThread(v *report.Violation, matches func(string) bool) bool {
	return v.ThreadName != nil && matches(*v.ThreadName)
}
