package settings

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// maxEdits is how many insertions, deletions and substitutions of letters a misspelled name of
// a flag has, underscores aside. Two edits of a short word make it any other.
func maxEdits(flag string) int {
	switch n := len(letters(strings.ReplaceAll(flag, "-", ""))); {
	case n <= 3:
		return 0
	case n <= 6:
		return 1
	}
	return 2
}

// Misspelled names the variables of an environment that nothing reads and that are nearly a
// setting's: GILWATCH_FAILON for GILWATCH_FAIL_ON. What else begins with GILWATCH_ may be
// somebody's own. known has the flags of all commands.
func Misspelled(environ []string, known map[string]bool) (found []error) {
	flags := slices.Sorted(maps.Keys(known))
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(letters(name), "GILWATCH") {
			continue
		}
		meant := ""
		for _, flag := range flags {
			variable := Variable(flag)
			if name == variable {
				meant = ""
				break
			}
			if meant == "" && levenshtein.ComputeDistance(letters(name), letters(variable)) <= maxEdits(flag) {
				meant = variable
			}
		}
		if meant != "" {
			found = append(found, fmt.Errorf("%s is no setting: %s is", name, meant))
		}
	}
	return found
}

func letters(name string) string { return strings.ReplaceAll(strings.ToUpper(name), "_", "") }
