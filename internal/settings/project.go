package settings

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
	"github.com/spf13/pflag"
)

// project is a file with a table tool.gilwatch.
type project struct {
	path  string // from the working folder on
	table map[string]any
	lines map[string]int // of each key of ours; "": of the table
}

// linesOf finds the lines of the table's keys, in a text that is TOML. The decoder does
// not tell them, its parser does.
func linesOf(data []byte) map[string]int {
	lines := map[string]int{}
	var table []string
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		e := p.Expression()
		var names []string
		line := 0
		for it := e.Key(); it.Next(); {
			names = append(names, string(it.Node().Data))
			line = p.Shape(it.Node().Raw).Start.Line
		}
		if e.Kind == unstable.KeyValue {
			names = append(slices.Clone(table), names...)
		} else {
			table = names
		}
		key := ""
		if len(names) > 2 {
			key = names[2]
		}
		if len(names) >= 2 && names[0] == "tool" && names[1] == "gilwatch" && lines[key] == 0 {
			lines[key] = line
		}
	}
	return lines
}

// place is a key's place for an error: file and line. The keys of an inline table have
// that of the table.
func (p *project) place(key string) string {
	for _, name := range []string{key, ""} {
		if line := p.lines[name]; line != 0 {
			return fmt.Sprintf("%s:%d", p.path, line)
		}
	}
	return p.path
}

// apply sets the flags that are not given on the command line.
func (p *project) apply(flags *pflag.FlagSet, known, given map[string]bool) error {
	keys := slices.SortedFunc(maps.Keys(p.table), func(a, b string) int {
		if d := p.lines[a] - p.lines[b]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	seen := map[string]string{}
	for _, key := range keys {
		name := strings.ReplaceAll(key, "_", "-")
		switch other, twice := seen[name]; {
		case !known[name]:
			return &Error{Place: p.place(key), Err: fmt.Errorf("unknown key %q", key),
				hint: "keys are the names of flags, such as fail-on: see gilwatch run --help"}
		case twice:
			return &Error{Place: p.place(key), Err: fmt.Errorf("%s is the same key as %s", key, other), hint: "leave one of them out"}
		}
		seen[name] = key
		if f := flags.Lookup(name); f != nil { // else another command's
			if err := p.applyKey(f, key, given[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *project) applyKey(f *pflag.Flag, key string, given bool) error {
	place := p.place(key) + ": " + key
	values, err := textsOf(f, p.table[key])
	if err != nil {
		return &Error{Place: place, Err: err, hint: "for example: " + example(f)}
	}
	if given {
		return nil
	}
	if r, ok := f.Value.(rebaser); ok {
		for i, value := range values {
			values[i] = r.rebase(value, filepath.Dir(p.path))
		}
	}
	if err := give(f, place, values); err != nil {
		return &Error{Place: place, Err: Refusal(f, strings.Join(values, ","), err), hint: "for example: " + example(f)}
	}
	return nil
}

// textsOf writes a TOML value as the command line would have it, if it is of the flag's
// kind.
func textsOf(f *pflag.Flag, value any) ([]string, error) {
	_, isList := f.Value.(pflag.SliceValue)
	array, isArray := value.([]any)
	if isArray && !isList {
		return nil, fmt.Errorf("expected %s, not %s", Kind(f), kindOf(value))
	}
	if !isArray {
		array = []any{value}
	}
	texts := []string{}
	for _, v := range array {
		text, ok := textOf(f, v)
		if !ok {
			return nil, fmt.Errorf("expected %s, not %s", Kind(f), kindOf(v))
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func textOf(f *pflag.Flag, value any) (string, bool) {
	want := f.Value.Type()
	switch v := value.(type) {
	case string:
		return v, want != "bool" && !strings.HasPrefix(want, "int")
	case bool:
		return strconv.FormatBool(v), want == "bool"
	case int64:
		return strconv.FormatInt(v, 10), strings.HasPrefix(want, "int")
	}
	return "", false
}

// Kind is what a flag is in TOML.
func Kind(f *pflag.Flag) string {
	_, isList := f.Value.(pflag.SliceValue)
	switch kind := f.Value.Type(); {
	case isList && strings.HasPrefix(kind, "int"):
		return "an array of integers"
	case isList:
		return "an array of strings or a string"
	case kind == "bool":
		return "true or false"
	case strings.HasPrefix(kind, "int"):
		return "an integer"
	case kind == "duration":
		return "a duration as a string"
	}
	return "a string"
}

// example is a line of TOML that sets the flag.
func example(f *pflag.Flag) string {
	placeholder, _ := pflag.UnquoteUsage(f)
	value := strconv.Quote(placeholder)
	if c, ok := f.Value.(Chooser); ok && len(c.Choices()) > 0 {
		value = strconv.Quote(c.Choices()[0])
	}
	if _, ok := f.Value.(pflag.SliceValue); ok {
		value = "[" + value + "]"
	}
	switch kind := f.Value.Type(); {
	case kind == "bool":
		value = "true"
	case kind == "duration":
		value = `"30s"`
	case kind == "int":
		value = f.DefValue
	case strings.HasPrefix(kind, "int"):
		value = "[1]"
	}
	return f.Name + " = " + value
}

// kindOf names the kind of a TOML value.
func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case []any:
		return "an array"
	case map[string]any:
		return "a table"
	}
	return "a date or time"
}
