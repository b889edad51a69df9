package symbols

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/gilwatch/gilwatch/internal/filetree"
)

// sourceName returns a source file's name without "..". What stands before that may be a link, as
// a build folder is, so where leaving it out with its folder leads to another file the links are
// followed; in another root folder the name then stays as debug information has it. Of a build
// folder that is gone, as meson-python's always is, it is taken that it was no link.
func sourceName(root, file string) string {
	clean := path.Clean(file)
	if clean == file || !path.IsAbs(file) {
		return clean
	}
	given, err := filetree.Stat(root, file)
	lexical, lexicalErr := filetree.Stat(root, clean)
	switch {
	case err != nil, lexicalErr == nil && os.SameFile(given, lexical):
		return clean
	case root != "":
		return file
	}
	behind := strings.LastIndex(file, "/../") + len("/..")
	folder, err := filepath.EvalSymlinks(file[:behind])
	if err != nil {
		return file
	}
	return filepath.Join(folder, file[behind:])
}
