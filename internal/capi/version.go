package capi

import (
	"fmt"
	"regexp"
	"strconv"
)

// Version is the version of an interpreter, as far as the rules depend on it.
type Version struct {
	Major, Minor int
	FreeThreaded bool // built with --disable-gil
}

// versionForm is what sys.version begins with, and how executables are named: 3.12,
// 3.12.1, 3.15.0rc2+, 3.13t, 3.13.5t.
var versionForm = regexp.MustCompile(`^([0-9]{1,3})\.([0-9]{1,3})(?:\.[0-9]{1,3})?(?:(?:a|b|rc)[0-9]{1,3})?\+?(t?)$`)

// ParseVersion reads a version such as "3.12.1", "3.15.0rc2" or "3.13t"; the t stands
// for a free-threaded build.
func ParseVersion(s string) (Version, error) {
	m := versionForm.FindStringSubmatch(s)
	if m == nil {
		return Version{}, fmt.Errorf("python version %q is not of the form 3.12, 3.12.1 or 3.13t", s)
	}
	// Both have at most three digits, so Atoi cannot fail.
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	return Version{Major: major, Minor: minor, FreeThreaded: m[3] == "t"}, nil
}

// String gives the version as "3.12", or "3.13t" for a free-threaded build.
func (v Version) String() string {
	s := fmt.Sprintf("%d.%d", v.Major, v.Minor)
	if v.FreeThreaded {
		s += "t"
	}
	return s
}

// minor is the minor version whose rules hold for v: the last one of the table stands
// for all later ones, the first for all earlier ones.
func (v Version) minor() int {
	switch {
	case v.Major < 3:
		return FirstMinor
	case v.Major > 3:
		return LastMinor
	}
	return min(max(v.Minor, FirstMinor), LastMinor)
}
