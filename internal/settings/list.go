package settings

import (
	"strings"

	"github.com/spf13/pflag"
)

// List is a value of several texts. Values holds the default.
type List struct {
	Values *[]string
	// Separator stands between the texts of one argument; "": each argument is one text
	// more, so the flag can be repeated.
	Separator string
	// Check refuses a text; nil takes all.
	Check func(string) error
	// Rebase returns what a text means that stands in a file of the folder; nil leaves it.
	Rebase func(text, folder string) string
	// Words are all texts that there can be, if they are few.
	Words []string

	given bool // there is more than the default
}

var _ pflag.SliceValue = new(List)

// Files is a list of paths.
func Files(p *[]string) *List {
	return &List{Values: p, Rebase: func(text, folder string) string { return JoinPath(folder, text) }}
}

func (l *List) String() string    { return strings.Join(*l.Values, l.Separator) }
func (l *List) Type() string      { return "list" }
func (l *List) Choices() []string { return l.Words }

// Set takes one argument.
func (l *List) Set(text string) error {
	if l.Separator != "" {
		return l.Replace(strings.Split(text, l.Separator))
	}
	if !l.given {
		return l.Replace([]string{text})
	}
	return l.Append(text)
}

// Append takes one text more.
func (l *List) Append(text string) error {
	if err := l.check(text); err != nil {
		return err
	}
	l.given = true
	*l.Values = append(*l.Values, text)
	return nil
}

// Replace takes these texts in place of what was there.
func (l *List) Replace(texts []string) error {
	for _, text := range texts {
		if err := l.check(text); err != nil {
			return err
		}
	}
	l.given = true
	*l.Values = texts
	return nil
}

// GetSlice returns the texts.
func (l *List) GetSlice() []string { return *l.Values }

func (l *List) check(text string) error {
	switch {
	case l.Check != nil:
		return l.Check(text)
	case len(l.Words) > 0:
		return OneOf(text, l.Words)
	}
	return nil
}

func (l *List) rebase(text, folder string) string {
	if l.Rebase == nil {
		return text
	}
	return l.Rebase(text, folder)
}
