package suite

import (
	"encoding/xml"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"
)

// testcase is what regrtest (Lib/test/libregrtest/testresult.py) and pytest write of a
// test. A regrtest test whose subtest failed has no name up to 3.10.
type testcase struct {
	Class   string    `xml:"classname,attr"`
	Name    string    `xml:"name,attr"`
	Outcome string    `xml:"outcome,attr"`
	Failure *struct{} `xml:"failure"`
	Error   *struct{} `xml:"error"`
	Skipped *struct {
		Type string `xml:"type,attr"`
	} `xml:"skipped"`
	Output *struct{} `xml:"output"`
}

func (c testcase) name() string {
	name := c.Name
	if c.Class != "" {
		name = c.Class + "::" + name
	}
	if name == "" {
		return "(unnamed)"
	}
	return address.ReplaceAllString(name, "0x?")
}

// address stands in the names of parametrized tests: the repr of an object.
var address = regexp.MustCompile(`0x[0-9a-f]{6,}`)

func (c testcase) outcome() Outcome {
	switch {
	case c.Error != nil:
		return "error"
	case c.Failure != nil:
		return "fail"
	case c.Skipped != nil && c.Skipped.Type == "pytest.xfail", c.Output != nil:
		return "expected failure"
	case c.Skipped != nil:
		return "skip"
	case c.Outcome != "":
		return "unexpected success"
	case c.Name == "":
		return "fail"
	}
	return "pass"
}

// readJUnit returns the outcome of each test in the file at path.
func readJUnit(path string) (map[string]Outcome, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []testcase
	decoder := xml.NewDecoder(file)
	for {
		token, err := decoder.Token()
		if token == nil {
			if len(all) == 0 {
				return nil, fmt.Errorf("read %s: no test in it: %w", path, err)
			}
			return fold(all), nil
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "testcase" {
			continue
		}
		var c testcase
		if err := decoder.DecodeElement(&c, &start); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		all = append(all, c)
	}
}

// fold makes one outcome of those that one name has more than once.
func fold(all []testcase) map[string]Outcome {
	lists := map[string][]string{}
	for _, c := range all {
		lists[c.name()] = append(lists[c.name()], string(c.outcome()))
	}
	tests := map[string]Outcome{}
	for name, list := range lists {
		sort.Strings(list)
		tests[name] = Outcome(strings.Join(list, ", "))
	}
	return tests
}
