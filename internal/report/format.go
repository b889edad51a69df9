package report

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrUnknownFormat says that no format has the name that was asked for.
var ErrUnknownFormat = errors.New("unknown report format")

// Options are what a reader of a report can choose. Machine formats ignore most.
type Options struct {
	// Color allows ANSI colors.
	Color bool
	// Notes lists violations of severity note, which otherwise are only counted.
	Notes bool
	// FullStacks shows frames that are otherwise folded.
	FullStacks bool
	// Width is the number of columns; 0 stands for 80.
	Width int
	// Root is the folder that machine formats tell paths from; "" is the run's working
	// folder. Code hosts want paths from the top of the repository on.
	Root string
	// FailOn is the least severity that fails a run, as --fail-on takes it; "" stands
	// for error.
	FailOn string
	// AfterOutput says that the report follows what a command wrote, whose last line may
	// have no end.
	AfterOutput bool
	// MaxBytes bounds a markdown report; 0 stands for 60,000.
	MaxBytes int
}

type writeFunc func(w io.Writer, r *Report, o Options) error

// format is a format's name and its writer.
type format struct {
	name  string
	write writeFunc
}

// formats are the formats in the order in which they are offered.
var formats = append([]format{{"text", writeText}, {"json", writeJSON}}, fileFormats...)

// Formats returns the names of the formats that Write can write.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// FormatError is an error about the name of a format. It wraps ErrUnknownFormat.
type FormatError struct {
	Format string
	Err    error
}

func (e *FormatError) Error() string { return fmt.Sprintf("%v: %s", e.Err, Clean(e.Format)) }

// Unwrap returns the sentinel.
func (e *FormatError) Unwrap() error { return e.Err }

// Hint says what to do about the error.
func (e *FormatError) Hint() string { return "use one of: " + strings.Join(Formats(), ", ") }

// CheckFormat returns a *FormatError when Write cannot write the format: better said
// before a long command runs than after it.
func CheckFormat(format string) error {
	_, err := writer(format)
	return err
}

// Write writes r in the named format. The error is a *FormatError when there is no
// such format, and otherwise w's.
func Write(w io.Writer, format string, r *Report, o Options) error {
	write, err := writer(format)
	if err != nil {
		return err
	}
	if err := write(w, r, o); err != nil {
		return fmt.Errorf("writing the %s report: %w", format, err)
	}
	return nil
}

func writer(format string) (writeFunc, error) {
	for _, f := range formats {
		if f.name == format {
			return f.write, nil
		}
	}
	return nil, &FormatError{format, ErrUnknownFormat}
}
