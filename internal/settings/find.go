package settings

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/sys/unix"
)

// projectFile is the file whose table tool.gilwatch has settings.
const projectFile = "pyproject.toml"

// maxProject is more than anybody writes, in bytes.
const maxProject = 16 << 20

// ourHeader is how our table begins in a file that is too broken to be parsed.
var ourHeader = regexp.MustCompile(`(?m)^[ \t]*\[+[ \t]*tool[ \t]*\.[ \t]*gilwatch[ \t]*(?:[].\r\n]|$)`)

// findProject returns the project file with our table that is nearest to the folder,
// upwards to the file system's root; nil where there is none. A file that is not ours is
// never a reason to fail, so one that cannot be read is only told of.
func findProject(cwd string) (p *project, unread []error, err error) {
	for folder := cwd; ; folder = filepath.Dir(folder) {
		path := filepath.Join(folder, projectFile)
		data, err := readProject(path)
		switch {
		case err == nil:
			if p, err := parseProject(data, shortPath(cwd, path)); p != nil || err != nil {
				return p, unread, err
			}
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, unix.ENOTDIR):
			unread = append(unread, err)
		}
		if folder == filepath.Dir(folder) {
			return nil, unread, nil
		}
	}
}

// readProject reads a regular file. One that a stranger may have laid there is refused:
// settings name files that are written over.
func readProject(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", path)
	case info.Size() > maxProject:
		return nil, fmt.Errorf("%s has more than %d bytes", path, maxProject)
	case isStrangers(path, info):
		return nil, fmt.Errorf("%s is another user's, in a folder that all may write to", path)
	}
	return io.ReadAll(io.LimitReader(f, maxProject))
}

// isStrangers tells whether a file is another user's, in a folder such as /tmp.
func isStrangers(path string, info os.FileInfo) bool {
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil || folder.Mode().Perm()&0o002 == 0 {
		return false
	}
	var stat unix.Stat_t
	if err := unix.Stat(path, &stat); err != nil {
		return true
	}
	return int(stat.Uid) != os.Geteuid() && stat.Uid != 0
}

// shortPath is the path from the working folder on.
func shortPath(cwd, path string) string {
	if short, err := filepath.Rel(cwd, path); err == nil {
		return short
	}
	return path
}

// parseProject returns nil where the file has no table of ours. It is an error that such
// a file cannot be parsed only if the text has our table: other tools tell of the rest.
func parseProject(data []byte, path string) (*project, error) {
	var content struct {
		Tool map[string]any `toml:"tool"`
	}
	if err := toml.Unmarshal(data, &content); err != nil {
		if !ourHeader.Match(data) {
			return nil, nil
		}
		place := path
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, column := at.Position()
			place = fmt.Sprintf("%s:%d:%d", path, line, column)
		}
		return nil, &Error{Place: place, Err: err, hint: "correct the file: it is no TOML"}
	}
	ours, has := content.Tool["gilwatch"]
	if !has {
		return nil, nil
	}
	p := &project{path: path, lines: linesOf(data)}
	table, ok := ours.(map[string]any)
	if !ok {
		return nil, &Error{Place: p.place(""), Err: fmt.Errorf("tool.gilwatch: expected a table, not %s", kindOf(ours)), hint: "write [tool.gilwatch] and the settings below it"}
	}
	p.table = table
	return p, nil
}
