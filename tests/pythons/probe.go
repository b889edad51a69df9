package pythons

import (
	"debug/elf"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// probed is a wanted interpreter and what it said of itself.
type probed struct {
	place
	python Python
	err    error
}

// missing returns why the interpreter cannot be used, "" if it can.
func (p probed) missing() string {
	switch {
	case p.path == "":
		return "not installed"
	case p.err != nil:
		return p.err.Error()
	case p.python.Include == "":
		return "no Python.h of " + p.python.Version
	}
	return ""
}

// question is answered by the interpreter itself: sysconfig knows where a build
// keeps its headers and its library.
const question = `
import json, os, sys, sysconfig
var = sysconfig.get_config_var
print(json.dumps({
    "path": os.path.realpath(sys.executable),
    "version": "%d.%d.%d" % sys.version_info[:3],
    "minor": sys.version_info[1],
    "free": bool(var("Py_GIL_DISABLED")),
    "include": sysconfig.get_path("include"),
    "libdir": var("LIBDIR") or "",
    "library": var("INSTSONAME") or "",
}))`

// probe asks the interpreter at path, which may be a symbolic link or a shim, for its layout.
func probe(path string) (Python, error) {
	cmd := exec.Command(path, "-I", "-c", question)
	out, err := cmd.Output()
	if err != nil {
		return Python{}, fmt.Errorf("ask %s for its layout: %w", path, err)
	}
	var answer struct {
		Path, Version, Include, LibDir, Library string
		Minor                                   int
		Free                                    bool
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return Python{}, fmt.Errorf("read the layout that %s told: %w", path, err)
	}
	static, err := definesAPI(answer.Path)
	if err != nil {
		return Python{}, err
	}
	py := Python{
		Path: answer.Path, Version: answer.Version, Minor: answer.Minor,
		Static: static, FreeThreaded: answer.Free,
		Include: existing(filepath.Join(answer.Include, "Python.h")),
	}
	// INSTSONAME names libpython3.11.a in a build without --enable-shared.
	if strings.Contains(answer.Library, ".so") {
		if dir := existing(filepath.Join(answer.LibDir, answer.Library)); dir != "" {
			py.LibDir, py.Library = dir, answer.Library
		}
	}
	return py, nil
}

// definesAPI says whether the executable at path defines the C API itself. Debian's
// does, though its sysconfig says Py_ENABLE_SHARED.
func definesAPI(path string) (bool, error) {
	file, err := elf.Open(path)
	if err != nil {
		return false, fmt.Errorf("open executable %s: %w", path, err)
	}
	defer file.Close()
	symbols, err := file.DynamicSymbols()
	if err != nil {
		return false, fmt.Errorf("read the dynamic symbols of %s: %w", path, err)
	}
	for _, symbol := range symbols {
		if symbol.Name == "PyEval_SaveThread" {
			return symbol.Section != elf.SHN_UNDEF, nil
		}
	}
	return false, nil
}

// lendHeaders gives a build without headers of its own those of another with the same
// minor version: the C API and ABI of a minor version do not change.
func lendHeaders(all []probed) {
	for i := range all {
		for j := range all {
			to, from := &all[i].python, &all[j].python
			if to.Include == "" && to.Minor == from.Minor && to.FreeThreaded == from.FreeThreaded {
				to.Include = from.Include
			}
		}
	}
}

// existing returns the folder of path if path exists, else "".
func existing(path string) string {
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return filepath.Dir(path)
}
