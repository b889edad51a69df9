package symbols

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/gilwatch/gilwatch/internal/symbols/dwarf"
)

// splitFiles finds what `-gsplit-dwarf` left out of a file: in a package beside it, which
// has the file's name and .dwp, or else in the .dwo files of its units.
type splitFiles struct {
	path string // of the file with the skeleton units
	root string // stands before the names in them

	looked  bool // for the package
	dwp     *debugFile
	spill   spill
	packed  dwarf.Sections
	index   dwarf.Section
	problem error // the package's
}

// open opens the file of a skeleton, or finds its part of the package.
func (s *splitFiles) open(of dwarf.Skeleton) (dwarf.Split, error) {
	s.openPackage()
	err := s.problem
	if s.dwp != nil {
		var part dwarf.Sections
		if part, err = s.packed.Of(s.index, of.ID); err == nil {
			return dwarf.Split{Sections: part}, nil
		}
	}
	split, dwoErr := s.openDwo(of)
	if dwoErr == nil {
		return split, nil
	}
	return split, errors.Join(err, dwoErr)
}

// openPackage opens the package when it is first asked for.
func (s *splitFiles) openPackage() {
	if s.looked {
		return
	}
	s.looked = true
	if s.dwp, s.problem = openDebug(s.path+".dwp", ""); s.dwp != nil {
		s.packed = debugSections(s.dwp.file, s.dwp.elf, &s.spill, ".dwo")
		s.index = debugSection(s.dwp.file, s.dwp.elf, &s.spill, "cu_index")
	}
}

// openDwo opens the file that a skeleton names, where the compiler left it or beside the
// module. The reader of its units tells by their ID whether it is the right one.
func (s *splitFiles) openDwo(of dwarf.Skeleton) (dwarf.Split, error) {
	if of.Name == "" {
		return dwarf.Split{}, errors.New("a split unit without a file name")
	}
	folder, written := filepath.Dir(s.path), of.Name
	if !filepath.IsAbs(written) {
		written = filepath.Join(of.Folder, of.Name)
	}
	if filepath.IsAbs(written) {
		written = s.root + written
	}
	var errs error
	for _, candidate := range []string{written, filepath.Join(folder, of.Name), filepath.Join(folder, filepath.Base(of.Name))} {
		if !filepath.IsAbs(candidate) { // from whose folder would it be?
			continue
		}
		found, err := openDebug(candidate, "")
		if found != nil {
			spill := &spill{}
			return dwarf.Split{Sections: debugSections(found.file, found.elf, spill, ".dwo"),
				Closer: closers{found.file, spill}}, nil
		}
		errs = errors.Join(errs, err)
	}
	return dwarf.Split{}, errors.Join(errs, fmt.Errorf("%s: %w", written, fs.ErrNotExist))
}

// Close closes the package.
func (s *splitFiles) Close() error {
	if s.dwp != nil {
		s.dwp.file.Close()
	}
	return s.spill.Close()
}

// closers are closed together.
type closers []io.Closer

func (c closers) Close() error {
	closeAll(c)
	return nil
}
