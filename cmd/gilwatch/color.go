package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// colorFor reports whether text on f is to be colored. auto means: f is a
// terminal that knows colors, and NO_COLOR is not set (no-color.org).
func (a *app) colorFor(f *os.File) bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && columns(f) > 0
}

// columns returns the width of the terminal f, 0 if f is none, 80 if it does not say.
func columns(f *os.File) int {
	if _, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS); err != nil {
		return 0
	}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil || size.Col == 0 {
		return 80
	}
	return int(size.Col)
}
