package symbols

import (
	"debug/elf"
	"fmt"
	"io"

	"github.com/gilwatch/gilwatch/internal/symbols/dwarf"
)

// debugInfo is a module's debug information.
type debugInfo struct {
	data *dwarf.Data // nil when there is none
	// reason says why data is nil, or why it knows less than it could.
	reason string
	// symtab is the one of a separate file; it is whole where the module's own is
	// stripped.
	symtab  symtab
	root    string // Module.Root
	closers []io.Closer
}

// openDebugInfo finds and opens the debug information of an image. It never fails:
// what stands in the way is the reason.
func openDebugInfo(i *image, files *debugFiles, cache *dwarf.Cache) *debugInfo {
	info := &debugInfo{root: i.root}
	if err := info.open(i, files, cache); err != nil {
		info.reason = err.Error()
	}
	return info
}

func (d *debugInfo) open(i *image, files *debugFiles, cache *dwarf.Cache) error {
	holder := &debugFile{i.path, i.file, i.elf}
	if !hasDebugInfo(i.elf) {
		found, err := files.find(i.path, i.elf)
		if err != nil {
			d.symtab = miniSymtab(i)
			return err
		}
		holder = found
		d.closers = append(d.closers, found.file)
		if d.symtab, err = readSymtab(found.elf, i.elf); err != nil {
			return fmt.Errorf("%s: %w", found.path, err)
		}
		if !hasDebugInfo(found.elf) {
			return fmt.Errorf("%s: %w", found.path, errNoDebug)
		}
	}
	sup, supErr := d.supplementary(holder, files, cache)
	data, err := d.read(holder, sup, cache)
	if err != nil {
		return fmt.Errorf("%s: %w", holder.path, err)
	}
	d.data = data
	return supErr
}

// supplementary opens the debug information that holder's refers to. Without it
// some names are missing, and positions are not.
func (d *debugInfo) supplementary(holder *debugFile, files *debugFiles, cache *dwarf.Cache) (*dwarf.Data, error) {
	found, err := files.supplementary(holder.path, holder.elf)
	if found == nil {
		return nil, err
	}
	d.closers = append(d.closers, found.file)
	return d.read(found, nil, cache)
}

func (d *debugInfo) read(f *debugFile, sup *dwarf.Data, cache *dwarf.Cache) (*dwarf.Data, error) {
	spill := &spill{}
	d.closers = append(d.closers, spill)
	data, err := dwarf.New(debugSections(f.file, f.elf, spill, ""), sup, cache)
	if err != nil {
		return nil, err
	}
	splits := &splitFiles{path: f.path, root: d.root}
	data.OpenSplits(splits.open)
	d.closers = append(d.closers, data, splits)
	return data, nil
}

// weight counts what d holds in symbols of 24 bytes.
func (d *debugInfo) weight() int {
	n := len(d.symtab.symbols)
	if d.data != nil {
		n += d.data.Weight() / symbolSize
	}
	return n
}

// close closes the files that d reads.
func (d *debugInfo) close(cache *dwarf.Cache) {
	if d.data != nil {
		cache.Drop(d.data)
	}
	closeAll(d.closers)
}

// stripped reports whether the file has no .symtab.
func stripped(f *elf.File) bool {
	s := f.SectionByType(elf.SHT_SYMTAB)
	return s == nil || s.FileSize < 2*symbolSize
}
