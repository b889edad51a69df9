package report

import (
	"errors"
	"fmt"
	"strings"
)

// ErrSpec says that a value of --report is not FORMAT=PATH.
var ErrSpec = errors.New("report is not given as FORMAT=PATH")

// Spec is a value of --report: which format to write where.
type Spec struct {
	Format string
	Path   string // "-" is stdout
}

// ParseSpec reads "FORMAT=PATH". The path may hold further equals signs. The error
// wraps ErrSpec, or is a *FormatError when the format cannot be written.
func ParseSpec(s string) (Spec, error) {
	format, path, found := strings.Cut(s, "=")
	switch {
	case !found, format == "":
		return Spec{}, fmt.Errorf("%w: %q", ErrSpec, s)
	case path == "":
		return Spec{}, fmt.Errorf("%w: no path in %q", ErrSpec, s)
	case strings.ContainsRune(path, 0):
		return Spec{}, fmt.Errorf("%w: NUL in the path of %q", ErrSpec, s)
	}
	if err := CheckFormat(format); err != nil {
		return Spec{}, err
	}
	return Spec{format, path}, nil
}
