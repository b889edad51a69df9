package suppress

import (
	"bytes"
	_ "embed"
)

//go:embed builtin.supp
var builtin []byte

// Builtin returns the rules that come with gilwatch.
func Builtin() ([]*Rule, error) {
	rules, err := Parse("builtin.supp", bytes.NewReader(builtin))
	for _, r := range rules {
		r.Builtin = true
	}
	return rules, err
}
