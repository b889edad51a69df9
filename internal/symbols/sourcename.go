package symbols

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/gilwatch/gilwatch/internal/filetree"
)

// sourceName returns a source file's name without "..". What stands before that may be a link, as
// a build folder is, so it is left out with its folder only where that leads to the same file, or
// where neither is at hand. Else the links are followed, and if that cannot be done, or the file
// is not there to be compared, the name stays as debug information has it.
func sourceName(root, file string) string {
	clean := path.Clean(file)
	if clean == file || !path.IsAbs(file) {
		return clean
	}
	given, err := filetree.Stat(root, file)
	lexical, lexicalErr := filetree.Stat(root, clean)
	switch {
	case err != nil && lexicalErr != nil, err == nil && lexicalErr == nil && os.SameFile(given, lexical):
		return clean
	case err != nil || root != "":
		return file
	}
	behind := strings.LastIndex(file, "/../") + len("/..")
	folder, err := filepath.EvalSymlinks(file[:behind])
	if err != nil {
		return file
	}
	return filepath.Join(folder, file[behind:])
}
