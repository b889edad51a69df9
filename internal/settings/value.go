package settings

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// ValueError says what is wrong with a value, and what it may be.
type ValueError struct {
	text, hint string
}

// Refuse makes a ValueError. The text does not name the setting: whoever sets it does.
func Refuse(text, hint string) error { return &ValueError{text, hint} }

func (e *ValueError) Error() string { return e.text }

// Hint says what the value may be.
func (e *ValueError) Hint() string { return e.hint }

// Chooser is a value that is one of a few words, or a list of them.
type Chooser interface{ Choices() []string }

// rebaser is a value with paths in it.
type rebaser interface {
	// rebase returns what a value means that stands in a file of the folder.
	rebase(value, folder string) string
}

type choice struct {
	value  *string
	values []string
}

// Choice is a value that is one of the words.
func Choice(p *string, initial string, words ...string) pflag.Value {
	*p = initial
	return &choice{p, words}
}

func (c *choice) String() string    { return *c.value }
func (c *choice) Type() string      { return "word" }
func (c *choice) Choices() []string { return c.values }

func (c *choice) Set(text string) error {
	if err := OneOf(text, c.values); err != nil {
		return err
	}
	*c.value = text
	return nil
}

// OneOf refuses a text that is none of the words.
func OneOf(text string, words []string) error {
	if slices.Contains(words, text) {
		return nil
	}
	return Refuse(fmt.Sprintf("unknown value %q", text), "use one of: "+strings.Join(words, ", "))
}

type number struct {
	value       *int
	least, most int
}

// Number is a whole number from least to most.
func Number(p *int, initial, least, most int) pflag.Value {
	*p = initial
	return &number{p, least, most}
}

func (n *number) String() string { return strconv.Itoa(*n.value) }
func (n *number) Type() string   { return "int" }

func (n *number) Set(text string) error {
	value, err := strconv.Atoi(text)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return err
	}
	if err != nil || value < n.least || value > n.most {
		return Refuse(text+" is out of range", fmt.Sprintf("use a number from %d to %d", n.least, n.most))
	}
	*n.value = value
	return nil
}

const durationWords = "a duration such as 500ms, 30s or 5m"

type duration struct{ value *time.Duration }

// Duration is a time span that is not negative.
func Duration(p *time.Duration, initial time.Duration) pflag.Value {
	*p = initial
	return duration{p}
}

func (d duration) String() string { return d.value.String() }
func (d duration) Type() string   { return "duration" }

func (d duration) Set(text string) error {
	value, err := time.ParseDuration(text)
	if err != nil {
		return err
	}
	if value < 0 {
		return Refuse(text+" is negative", "use "+durationWords)
	}
	*d.value = value
	return nil
}

type file struct{ value *string }

// File is the path of a file.
func File(p *string) pflag.Value { return file{p} }

func (f file) String() string                     { return *f.value }
func (f file) Type() string                       { return "string" }
func (f file) Set(text string) error              { *f.value = text; return nil }
func (f file) rebase(value, folder string) string { return JoinPath(folder, value) }

// JoinPath is a path as a file of the folder means it; an empty one stays empty.
func JoinPath(folder, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}
