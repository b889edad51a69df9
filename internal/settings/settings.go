// Package settings fills the flags that the command line leaves out from the environment
// and from pyproject.toml.
//
// The definitions of the flags are the one table: pflag keeps name, kind, default,
// placeholder and meaning of each flag, and cobra which commands have it. A second table
// beside them would have to be kept equal by hand. So a flag is added where a flag is
// added in any cobra program, and variable, TOML key, help, completions, man pages and
// docs/settings.md follow. What a value may be is said by its pflag.Value (see Choice,
// Number, Duration, File, List): its Set is the only check, whatever the source.
package settings

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// Fill sets each of the flags that the command line does not set: from the environment,
// else from the nearest pyproject.toml. known has the flags of all commands: the file's
// keys may be those of another one. unread are files that were passed over though they
// may hold settings. The error names the variable, or the file, its line and the key.
func Fill(flags *pflag.FlagSet, known map[string]bool, lookup func(string) (string, bool)) (unread []error, err error) {
	given := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	// Without a working folder there is no file. The file comes first, and what the
	// environment says is set over it: so a wrong value there is said in any case.
	if cwd, err := os.Getwd(); err == nil {
		p, passed, err := findProject(cwd)
		unread = passed
		if p != nil {
			err = p.apply(flags, known, given)
		}
		if err != nil {
			return unread, err
		}
	}
	return unread, fromEnvironment(flags, given, lookup)
}

// Variable is the name of a flag's environment variable.
func Variable(flag string) string {
	return "GILWATCH_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// IsSetting tells whether a flag can stand in the environment and in the file.
func IsSetting(f *pflag.Flag) bool { return f.Name != "help" }

// fromEnvironment sets what GILWATCH_<FLAG> says. The values of a flag that can be given
// several times stand on lines of their own: paths and globs may hold any other separator.
// Numbers hold none, so commas part them too, as on the command line. An empty variable is
// an empty list for such a flag. For all others it is not set: CI templates have no other way
// to leave one out.
func fromEnvironment(flags *pflag.FlagSet, given map[string]bool, lookup func(string) (string, bool)) error {
	var first error
	flags.VisitAll(func(f *pflag.Flag) {
		name := Variable(f.Name)
		text, set := lookup(name)
		if !set || given[f.Name] || !IsSetting(f) || first != nil || text == "" && !isRepeatable(f) {
			return
		}
		values := []string{text}
		if isRepeatable(f) {
			separators := "\n\r"
			if strings.HasPrefix(f.Value.Type(), "int") {
				separators += ","
			}
			values = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(separators, r) })
		}
		if err := give(f, name, values); err != nil {
			first = &Error{Place: name, Err: Refusal(f, text, err), hint: "unset " + name + " or correct it"}
		}
	})
	return first
}

// source is the annotation of a flag that has its place outside of the command line.
const source = "gilwatch_source"

// Source is where a flag's value stands: a variable, or a file with line and key. It is ""
// for the command line and the default.
func Source(f *pflag.Flag) string {
	return strings.Join(f.Annotations[source], "")
}

// give gives a flag its values, all of a list, else the one, which stand at the place.
func give(f *pflag.Flag, place string, values []string) error {
	f.Changed = true
	if f.Annotations == nil {
		f.Annotations = map[string][]string{}
	}
	f.Annotations[source] = []string{place}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		if l, ok := f.Value.(*List); ok && l.Separator != "" && len(values) == 1 {
			return l.Set(values[0])
		}
		return list.Replace(values)
	}
	return f.Value.Set(values[0])
}

// isRepeatable tells whether a flag can be given several times.
func isRepeatable(f *pflag.Flag) bool {
	if l, ok := f.Value.(*List); ok {
		return l.Separator == ""
	}
	_, ok := f.Value.(pflag.SliceValue)
	return ok
}

// Error is a setting that is wrong, or a file of settings.
type Error struct {
	Place string // a variable, or a file with line and key
	Err   error
	hint  string
}

func (e *Error) Error() string { return e.Place + ": " + e.Err.Error() }

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do: what a value may be, if that is known.
func (e *Error) Hint() string {
	var own interface{ Hint() string }
	if errors.As(e.Err, &own) {
		return own.Hint()
	}
	return e.hint
}

// expected are the kinds of pflag's own values, in words.
var expected = map[string]string{
	"bool": "true or false", "int": "a whole number", "intSlice": "a whole number", "duration": durationWords,
}

// Refusal says in our own words why a flag refused a text.
func Refusal(f *pflag.Flag, text string, err error) error {
	var own *ValueError
	if words := expected[f.Value.Type()]; words != "" && !errors.As(err, &own) {
		return fmt.Errorf("expected %s, not %q", words, text)
	}
	return err
}
