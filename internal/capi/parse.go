package capi

import (
	"fmt"
	"slices"
	"strings"
)

// eachRow calls parse with the fields of each line below a header line, which must name
// the columns wanted. Lines must have every field filled and ascend by symbol.
func eachRow(text, columns string, parse func(fields []string) error) error {
	header, rest, _ := strings.Cut(text, "\n")
	if want := strings.ReplaceAll(columns, " ", "\t"); header != want {
		return fmt.Errorf("line 1: columns are %q, want %q", header, want)
	}
	width := strings.Count(columns, " ") + 1
	line, last := 1, ""
	for row := range strings.Lines(rest) {
		line++
		fields := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if len(fields) != width || slices.Contains(fields, "") {
			return fmt.Errorf("line %d: want %d fields, none empty", line, width)
		}
		if !IsAPI(fields[0]) {
			return fmt.Errorf("line %d: %q is not a name of the C API", line, fields[0])
		}
		if fields[0] < last {
			return fmt.Errorf("line %d: %s must stand before %s", line, fields[0], last)
		}
		last = fields[0]
		if err := parse(fields); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
	return nil
}

func parseRules(text string) ([]Rule, error) {
	rows := make([]Rule, 0, strings.Count(text, "\n"))
	sets := map[string]Versions{} // the same few stand in all rows
	err := eachRow(text, "symbol kind legal versions builds evidence", func(f []string) error {
		r, err := parseRule(f, sets)
		rows = append(rows, r)
		return err
	})
	return rows, err
}

// parseRule reads the fields of one line of rules.tsv. It keeps in sets what it parsed.
func parseRule(f []string, sets map[string]Versions) (Rule, error) {
	r := Rule{Symbol: f[0], Kind: Kind(f[1]), Legal: Legal(f[2]), Evidence: f[5]}
	if !slices.Contains(legalOf[r.Kind], r.Legal) {
		return r, fmt.Errorf("kind %q cannot be legal %q", f[1], f[2])
	}
	switch f[4] {
	case "all":
	case "gil":
		r.GILOnly = true
	default:
		return r, fmt.Errorf("builds %q is neither all nor gil", f[4])
	}
	set, parsed := sets[f[3]]
	if !parsed {
		var err error
		if set, err = ParseVersions(f[3]); err != nil {
			return r, err
		}
		sets[f[3]] = set
	}
	r.Versions = set
	return r, nil
}

// parseEvents adds the events to marks, by symbol.
func parseEvents(text string, marks map[string]Rule) error {
	return eachRow(text, "symbol event evidence", func(f []string) error {
		m := marks[f[0]]
		if m.Event != EventNone {
			return fmt.Errorf("%s stands here twice", f[0])
		}
		m.Event, m.EventEvidence = Event(f[1]), f[2]
		if _, known := eventText[m.Event]; !known {
			return fmt.Errorf("event %q is not known", f[1])
		}
		marks[f[0]] = m
		return nil
	})
}

// parseUnacquired adds what unacquired.tsv says to marks, by symbol.
func parseUnacquired(text string, marks map[string]Rule) error {
	return eachRow(text, "symbol evidence", func(f []string) error {
		m := marks[f[0]]
		if m.Unacquired {
			return fmt.Errorf("%s stands here twice", f[0])
		}
		m.Unacquired, m.UnacquiredEvidence = true, f[1]
		marks[f[0]] = m
		return nil
	})
}

// parseIdentity adds what identity.tsv says to marks, by symbol.
func parseIdentity(text string, marks map[string]Rule) error {
	return eachRow(text, "symbol gate evidence", func(f []string) error {
		m := marks[f[0]]
		if m.Identity {
			return fmt.Errorf("%s stands here twice", f[0])
		}
		m.Identity, m.Never, m.IdentityEvidence = true, f[1] == "never", f[2]
		if f[1] != "never" && f[1] != "jump-slot" {
			return fmt.Errorf("gate %q is neither jump-slot nor never", f[1])
		}
		marks[f[0]] = m
		return nil
	})
}
