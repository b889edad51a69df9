package capi

import (
	_ "embed" // the tables
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed rules.tsv
var rulesTSV string

//go:embed events.tsv
var eventsTSV string

//go:embed identity.tsv
var identityTSV string

//go:embed unacquired.tsv
var unacquiredTSV string

// table holds all rows, sorted by symbol and version. The rows of one symbol do not
// overlap, and cover every version if the symbol has an event or an identity.
type table struct {
	rows     []Rule
	bySymbol map[string][]Rule // subslices of rows
}

// embedded is parsed at the first look-up: most commands need no rule at all.
var embedded = sync.OnceValue(func() table {
	t, err := parseTable(rulesTSV, eventsTSV, identityTSV, unacquiredTSV)
	if err != nil {
		panic(fmt.Sprintf("the tables built into this program are broken: %v", err))
	}
	return t
})

// Lookup gives the rule that holds for a symbol in builds of v. A symbol without a row
// needs an attached thread state: KindWatched, LegalNever.
func Lookup(symbol string, v Version) Rule {
	for _, r := range embedded().bySymbol[symbol] {
		if r.Versions.Contains(v) {
			return r.in(v)
		}
	}
	return watched(symbol, AllVersions)
}

// Rows gives all rows of a symbol, by version; nil if it has none.
func Rows(symbol string) []Rule { return slices.Clone(embedded().bySymbol[symbol]) }

// All gives every row, sorted by symbol and version.
func All() []Rule { return slices.Clone(embedded().rows) }

func watched(symbol string, versions Versions) Rule {
	return Rule{Symbol: symbol, Kind: KindWatched, Legal: LegalNever, Versions: versions}
}

// parseTable reads the four tables and joins them by symbol.
func parseTable(rules, events, identity, unacquired string) (table, error) {
	var t table
	var err error
	if t.rows, err = parseRules(rules); err != nil {
		return table{}, fmt.Errorf("rules.tsv: %w", err)
	}
	marks := map[string]Rule{}
	if err := parseEvents(events, marks); err != nil {
		return table{}, fmt.Errorf("events.tsv: %w", err)
	}
	if err := parseIdentity(identity, marks); err != nil {
		return table{}, fmt.Errorf("identity.tsv: %w", err)
	}
	if err := parseUnacquired(unacquired, marks); err != nil {
		return table{}, fmt.Errorf("unacquired.tsv: %w", err)
	}
	t.mark(marks)
	if err := t.index(); err != nil {
		return table{}, fmt.Errorf("rules.tsv: %w", err)
	}
	return t, nil
}

// mark puts events and identities on the rows of their symbols, and adds a row for the
// versions in which a symbol has no rule.
func (t *table) mark(marks map[string]Rule) {
	missing := map[string]Versions{}
	for symbol := range marks {
		missing[symbol] = AllVersions
	}
	for i, r := range t.rows {
		missing[r.Symbol] &^= r.Versions
		t.rows[i] = r.marked(marks[r.Symbol])
	}
	for symbol, m := range marks {
		if missing[symbol] != 0 {
			t.rows = append(t.rows, watched(symbol, missing[symbol]).marked(m))
		}
	}
}

func (r Rule) marked(m Rule) Rule {
	r.Event, r.EventEvidence = m.Event, m.EventEvidence
	r.Identity, r.Never, r.IdentityEvidence = m.Identity, m.Never, m.IdentityEvidence
	r.Unacquired, r.UnacquiredEvidence = m.Unacquired, m.UnacquiredEvidence
	return r
}

// index sorts the rows and finds those of each symbol; two rows of one symbol that hold
// for the same version are an error.
func (t *table) index() error {
	slices.SortFunc(t.rows, func(a, b Rule) int {
		if c := strings.Compare(a.Symbol, b.Symbol); c != 0 {
			return c
		}
		return a.Versions.first() - b.Versions.first()
	})
	t.bySymbol = make(map[string][]Rule, len(t.rows))
	for start, i := 0, 1; i <= len(t.rows); i++ {
		if i < len(t.rows) && t.rows[i].Symbol == t.rows[start].Symbol {
			continue
		}
		rows := t.rows[start:i]
		var seen Versions
		for _, r := range rows {
			if both := seen & r.Versions; both != 0 {
				return fmt.Errorf("%s has two rows for %s", r.Symbol, both)
			}
			seen |= r.Versions
		}
		t.bySymbol[rows[0].Symbol] = rows
		start = i
	}
	return nil
}
