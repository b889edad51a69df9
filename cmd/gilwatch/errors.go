package main

import (
	"errors"
	"fmt"

	"github.com/gilwatch/gilwatch/internal/shimfile"
	"github.com/gilwatch/gilwatch/internal/supervise"
	"github.com/gilwatch/gilwatch/internal/target"
	"golang.org/x/sys/unix"
)

// hintedError is an error with the hint that says what to do next.
type hintedError struct {
	error
	hint string
}

func (e hintedError) Unwrap() error { return e.error }
func (e hintedError) Hint() string  { return e.hint }

func hinted(err error, hint string) error { return hintedError{err, hint} }

// quoted is fmt.Errorf for a text that quotes what the user wrote.
func quoted(format, value string) error { return fmt.Errorf(format, fmt.Sprintf("%q", value)) }

// hint returns what to do about err, empty where nothing is known to help.
func hint(err error) string {
	var own interface{ Hint() string }
	switch {
	case errors.As(err, &own):
		return own.Hint()
	case errors.Is(err, shimfile.ErrMissing):
		return shimfile.Hint
	case isNotFound(err):
		return "check the command's name and PATH"
	case isNotExecutable(err):
		return "check the file's permissions, or name its interpreter: gilwatch run -- python FILE"
	case errors.Is(err, unix.ENOSPC):
		return "free some space, or write to another disk"
	}
	return ""
}

// complain prints the error and its hint, or several with theirs.
func (a *app) complain(err error) {
	if several, ok := err.(failures); ok {
		for _, err := range several {
			a.complain(err)
		}
		return
	}
	fmt.Fprintf(a.stderr, "gilwatch: error: %v\n", err)
	if h := hint(err); h != "" {
		fmt.Fprintf(a.stderr, "gilwatch: hint: %s\n", h)
	}
}

func isNotFound(err error) bool {
	return errors.Is(err, target.ErrNotFound) || errors.Is(err, supervise.ErrNotFound)
}

func isNotExecutable(err error) bool {
	return errors.Is(err, target.ErrNotExecutable) || errors.Is(err, supervise.ErrNotExecutable)
}
