package capi

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// The minor versions of CPython 3 that the table was made for. LastMinor stands for
// every later version too.
const (
	FirstMinor = 8
	LastMinor  = 15
)

// Versions is a set of minor versions; bit 0 is 3.8, as in shim/rules.h.
type Versions uint16

// AllVersions holds every version of the table.
const AllVersions Versions = 1<<(LastMinor-FirstMinor+1) - 1

// ParseVersions reads a set such as "3.8-3.15", "3.12" or "3.8,3.11-3.12". Ranges must
// lie within the table, ascend, and be written in the shortest way.
func ParseVersions(s string) (Versions, error) {
	var set Versions
	for part := range strings.SplitSeq(s, ",") {
		first, last, isRange := strings.Cut(part, "-")
		low, err := parseMinor(first)
		if err != nil {
			return 0, fmt.Errorf("versions %q: %w", s, err)
		}
		high := low
		if isRange {
			if high, err = parseMinor(last); err != nil {
				return 0, fmt.Errorf("versions %q: %w", s, err)
			}
		}
		for minor := low; minor <= high; minor++ {
			set |= versionBit(minor)
		}
	}
	// One spelling for each set: it rules out empty, overlapping and descending ranges.
	if canonical := set.String(); canonical != s {
		return 0, fmt.Errorf("versions %q are to be written %q", s, canonical)
	}
	return set, nil
}

// parseMinor reads "3.N" and gives N.
func parseMinor(s string) (int, error) {
	digits, ok := strings.CutPrefix(s, "3.")
	if !ok {
		return 0, fmt.Errorf("%q is no version of the form 3.N", s)
	}
	minor, err := strconv.Atoi(digits)
	if err != nil {
		return 0, fmt.Errorf("minor version %q is no number", digits)
	}
	if minor < FirstMinor || minor > LastMinor {
		return 0, fmt.Errorf("minor version %d is not in %d..%d", minor, FirstMinor, LastMinor)
	}
	return minor, nil
}

func versionBit(minor int) Versions { return 1 << (minor - FirstMinor) }

// Contains tells whether v is in the set. A version later than the table is in it if
// LastMinor is.
func (set Versions) Contains(v Version) bool { return set&versionBit(v.minor()) != 0 }

// first is the bit of the earliest version.
func (set Versions) first() int { return bits.TrailingZeros16(uint16(set)) }

// String gives the set in the form that ParseVersions reads.
func (set Versions) String() string {
	return set.join(func(low, high int) string {
		if low == high {
			return fmt.Sprintf("3.%d", low)
		}
		return fmt.Sprintf("3.%d-3.%d", low, high)
	}, ",")
}

// Words gives the set in words: "every version", "3.12 and later", "3.8 to 3.11".
func (set Versions) Words() string {
	if set == AllVersions {
		return "every version"
	}
	return set.join(func(low, high int) string {
		switch {
		case high == LastMinor:
			return fmt.Sprintf("3.%d and later", low)
		case low == high:
			return fmt.Sprintf("3.%d", low)
		}
		return fmt.Sprintf("3.%d to 3.%d", low, high)
	}, ", ")
}

// join formats each unbroken range of the set.
func (set Versions) join(format func(low, high int) string, sep string) string {
	var parts []string
	for rest := uint(set & AllVersions); rest != 0; {
		low := bits.TrailingZeros(rest)
		length := bits.TrailingZeros(^(rest >> low))
		parts = append(parts, format(FirstMinor+low, FirstMinor+low+length-1))
		rest &^= (1<<length - 1) << low
	}
	return strings.Join(parts, sep)
}
