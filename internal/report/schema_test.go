package report

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaFile is the published schema of the JSON report.
const schemaFile = "../../docs/report.schema.json"

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(schema *jsonschema.Schema, report string) error {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(report))
	if err != nil {
		return err
	}
	return schema.Validate(document)
}

// TestSchema holds reports of all kinds to the published schema.
func TestSchema(t *testing.T) {
	schema := compileSchema(t)
	full := sample()
	poison(reflect.ValueOf(&full.Violations[0]).Elem(), "x")
	full.Violations[0].Severity, full.Violations[0].Count = SeverityError, 1
	for name, r := range map[string]*Report{"sample": sample(), "clean": clean(), "empty": New("1"), "full": full} {
		if err := validate(schema, render(t, "json", r, Options{})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	recorded, err := filepath.Glob("testdata/recorded/*.json")
	if err != nil || len(recorded) == 0 {
		t.Fatalf("%d recorded reports, %v", len(recorded), err)
	}
	for _, path := range recorded {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(schema, string(b)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestSchemaRefuses is the twin: what is no report does not pass.
func TestSchemaRefuses(t *testing.T) {
	schema := compileSchema(t)
	report := render(t, "json", sample(), Options{})
	for old, wrong := range map[string]string{
		`"schema": "gilwatch.report/1"`: `"schema": "gilwatch.report/2"`, `"severity": "error"`: `"severity": "bad"`,
		`"count": 1000`: `"count": 0`, `"fatal": true`: `"fatal": null`, `"violations": [`: `"violation": [`,
		`"first_seen": "2026`: `"first_seen": "x2026`, `"pid": 4121`: `"pid": "4121"`,
	} {
		if changed := strings.Replace(report, old, wrong, 1); changed == report || validate(schema, changed) == nil {
			t.Errorf("%s passes", wrong)
		}
	}
}
