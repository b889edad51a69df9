package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

const (
	// maxReport is the largest report read, in bytes.
	maxReport = 256 << 20
	// maxItems bounds the items and members in the whole report: `{},` is three
	// bytes in the file and some hundred in memory. A report of 10,000 violations
	// has about 5 million.
	maxItems = 8 << 20
	// maxList bounds the processes, violations and suppression rules.
	maxList = 1 << 20
	// maxStack bounds the frames of one stack.
	maxStack = 16 << 10
)

// ErrNotReport says that what was read is not a report of the schema that this
// version knows.
var ErrNotReport = errors.New("not a " + Schema + " report")

// Read reads a report in JSON. The error wraps ErrNotReport when the input is
// something else, and says where it is wrong. Fields that the schema does not name
// are passed over.
func Read(r io.Reader) (*Report, error) { return read(r, maxReport) }

// read is Read with a limit of its own, in bytes.
func read(r io.Reader, limit int) (*Report, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	if len(b) > limit {
		return nil, fmt.Errorf("%w: larger than %d bytes", ErrNotReport, limit)
	}
	report, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotReport, err)
	}
	return report, nil
}

// document is a report whose long lists are not decoded yet.
type document struct {
	Tool       Tool            `json:"tool"`
	Run        Run             `json:"run"`
	Processes  json.RawMessage `json:"processes"`
	Modules    json.RawMessage `json:"modules"` // may be missing: an extension of the schema
	Violations json.RawMessage `json:"violations"`
	Suppressed json.RawMessage `json:"suppressed"`
	Summary    Summary         `json:"summary"`
}

func decode(b []byte) (*Report, error) {
	// The schema first: in a foreign document the other names may mean anything.
	var head struct {
		Schema *string `json:"schema"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, jsonError(b, err)
	}
	if head.Schema == nil {
		return nil, errors.New("no schema")
	}
	if *head.Schema != Schema {
		return nil, fmt.Errorf("the schema is %.64q", *head.Schema)
	}
	if err := checkItems(b); err != nil {
		return nil, err
	}
	var d document
	if err := json.Unmarshal(b, &d); err != nil {
		return nil, jsonError(b, err)
	}
	r := &Report{Schema: Schema, Tool: d.Tool, Run: d.Run, Summary: d.Summary}
	var err error
	if r.Processes, err = decodeList(d.Processes, "processes", checkProcess); err != nil {
		return nil, err
	}
	if len(d.Modules) > 0 {
		if r.Modules, err = decodeList(d.Modules, "modules", checkModule); err != nil {
			return nil, err
		}
	}
	if r.Violations, err = decodeList(d.Violations, "violations", checkViolation); err != nil {
		return nil, err
	}
	if r.Suppressed, err = decodeList(d.Suppressed, "suppressed", func(*Suppressed) error { return nil }); err != nil {
		return nil, err
	}
	r.fillLists()
	return r, nil
}

// checkItems counts the commas outside of strings, one for each item or member but
// the first: no list can be longer than that.
func checkItems(b []byte) error {
	items, inString := 0, false
	for i := 0; i < len(b); i++ {
		switch {
		case inString && b[i] == '\\':
			i++
		case b[i] == '"':
			inString = !inString
		case b[i] == ',' && !inString:
			items++
		}
	}
	if items > maxItems {
		return fmt.Errorf("more than %d items", maxItems)
	}
	return nil
}

// decodeList decodes a list an item at a time, so that an error can say which one is
// wrong.
func decodeList[T any](raw json.RawMessage, name string, check func(*T) error) ([]T, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, fmt.Errorf("no list of %s", name)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if t, err := decoder.Token(); err != nil || t != json.Delim('[') {
		return nil, fmt.Errorf("%s is not a list", name)
	}
	var list []T
	for decoder.More() {
		if len(list) == maxList {
			return nil, fmt.Errorf("more than %d %s", maxList, name)
		}
		var item T
		err := kindError(decoder.Decode(&item))
		if err == nil {
			err = check(&item)
		}
		if err != nil {
			return nil, fmt.Errorf("%s[%d]: %w", name, len(list), err)
		}
		list = append(list, item)
	}
	return list, nil
}

// jsonError adds the line to a syntax error.
func jsonError(b []byte, err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset := min(max(int(syntax.Offset), 0), len(b))
		return fmt.Errorf("line %d: %w", 1+bytes.Count(b[:offset], []byte("\n")), err)
	}
	return kindError(err)
}

// kindError says of a value of the wrong kind, in JSON's words, what was expected.
func kindError(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	want := "a number"
	switch wrong.Type.Kind() {
	case reflect.Struct, reflect.Map:
		want = "an object"
	case reflect.Slice:
		want = "a list"
	case reflect.String:
		want = "a string"
	case reflect.Bool:
		want = "true or false"
	}
	if wrong.Field == "" {
		return fmt.Errorf("expected %s, not %s", want, wrong.Value)
	}
	return fmt.Errorf("%s: expected %s, not %s", wrong.Field, want, wrong.Value)
}

func checkProcess(p *Process) error {
	if p.Watched && p.Reason != nil {
		return errors.New("watched, but there is a reason why not")
	}
	if p.ModulesWatched < 0 || p.FunctionsWatched < 0 {
		return errors.New("a negative number of modules or functions")
	}
	return nil
}

func checkModule(m *Module) error {
	if m.Module == "" || m.Slots < 0 {
		return errors.New("a module without a name, or with a negative number of slots")
	}
	return nil
}

// checkViolation checks what other code decides by. Kinds and sensors may grow
// within the schema, so any that has a name passes.
func checkViolation(v *Violation) error {
	switch {
	case v.ID == "":
		return errors.New("no id")
	case v.Kind == "":
		return errors.New("no kind")
	case v.Function == "":
		return errors.New("no function")
	case v.Count == 0:
		return errors.New("the count is 0")
	}
	switch v.Severity {
	case SeverityError, SeverityWarning, SeverityNote:
	default:
		return fmt.Errorf("the severity is %.64q", v.Severity)
	}
	for _, n := range []int{len(v.NativeStack), len(v.ReleasedAt), len(v.ThreadStartedAt), len(v.PythonStack)} {
		if n > maxStack {
			return fmt.Errorf("a stack of %d frames", n)
		}
	}
	return nil
}
