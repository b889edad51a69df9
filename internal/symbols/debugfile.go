package symbols

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// debugFolder is where distributions install separate debug files.
const debugFolder = "/usr/lib/debug"

// debugFiles finds files of debug information.
type debugFiles struct {
	folders []string    // like debugFolder
	server  *debuginfod // nil when none is set
}

// debugFile is an opened ELF file with debug information.
type debugFile struct {
	path string
	file *os.File
	elf  *elf.File
}

// NoDebug is Frame.Debug where a module has no debug information to be found.
const NoDebug = "no debug information"

var errNoDebug = errors.New(NoDebug)

// find opens the separate debug file of the module at path: by its build id, by its
// debug link, and at last from a debuginfod server. The order is GDB's
// (find_separate_debug_file in gdb/elfread.c). The error is errNoDebug, or says
// what was wrong with a file that was found.
func (d *debugFiles) find(path string, module *elf.File) (*debugFile, error) {
	id := BuildID(module)
	found, err := d.byBuildID(id)
	if found != nil {
		return found, nil
	}
	if link, ok := readDebugLink(module); ok {
		linked, linkErr := d.byLink(path, link)
		if linked != nil {
			return linked, nil
		}
		err = errors.Join(err, linkErr)
	}
	if d.server != nil && id != "" {
		fetched, fetchErr := d.fromServer(id)
		if fetched != nil {
			return fetched, nil
		}
		err = errors.Join(err, fetchErr)
	}
	if err == nil {
		err = errNoDebug
	}
	return nil, err
}

// byBuildID opens FOLDER/.build-id/xx/yyyy.debug. Neither file nor error means that
// there is none.
func (d *debugFiles) byBuildID(id string) (*debugFile, error) {
	if len(id) < 4 {
		return nil, nil
	}
	var errs error
	for _, folder := range d.folders {
		found, err := openDebug(filepath.Join(folder, ".build-id", id[:2], id[2:]+".debug"), id)
		if found != nil {
			return found, nil
		}
		errs = errors.Join(errs, err)
	}
	return nil, errs
}

// byLink opens the file that the debug link of the module at path means.
func (d *debugFiles) byLink(path string, link debugLink) (*debugFile, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	folder := filepath.Dir(path)
	candidates := []string{filepath.Join(folder, link.name), filepath.Join(folder, ".debug", link.name)}
	for _, global := range d.folders {
		candidates = append(candidates, filepath.Join(global, folder, link.name))
	}
	var errs error
	for _, candidate := range candidates {
		if candidate == path {
			continue
		}
		found, err := openDebug(candidate, "")
		if found != nil {
			if err = checkCRC(found.file, link.crc); err == nil {
				return found, nil
			}
			found.file.Close()
			err = fmt.Errorf("%s: %w", candidate, err)
		}
		errs = errors.Join(errs, err)
	}
	return nil, errs
}

func (d *debugFiles) fromServer(id string) (*debugFile, error) {
	path, err := d.server.fetch(id)
	if path == "" {
		return nil, err
	}
	return openDebug(path, id)
}

// supplementary opens the file that f's debug information refers to, found from the
// folder of f's path; nil when it names none.
func (d *debugFiles) supplementary(path string, f *elf.File) (*debugFile, error) {
	link, ok := readAltLink(f)
	if !ok {
		return nil, nil
	}
	target := link.path
	if !filepath.IsAbs(target) {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		target = filepath.Join(filepath.Dir(path), target)
	}
	found, err := openDebug(target, link.buildID)
	if found == nil {
		var byID error
		found, byID = d.byBuildID(link.buildID)
		err = errors.Join(err, byID)
	}
	if found == nil && d.server != nil {
		var fetchErr error
		found, fetchErr = d.fromServer(link.buildID)
		err = errors.Join(err, fetchErr)
	}
	if found == nil && err == nil {
		err = fmt.Errorf("%s: no such file", target)
	}
	if found != nil {
		err = nil
	}
	return found, err
}

// openDebug opens a file with the given build id, "" for any. Neither file nor error
// means that there is none.
func openDebug(path, buildID string) (*debugFile, error) {
	file, parsed, err := OpenELF(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if id := BuildID(parsed); buildID != "" && id != buildID {
		file.Close()
		return nil, fmt.Errorf("%s: build id is %q, want %s", path, id, buildID)
	}
	return &debugFile{path, file, parsed}, nil
}

// closeAll closes what is not nil.
func closeAll(closers []io.Closer) {
	for _, c := range closers {
		c.Close()
	}
}
