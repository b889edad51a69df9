package dwarf

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"
)

const (
	// maxSequences is how many sequences one line table may have, 24 bytes each.
	maxSequences = 1 << 20
	// maxFiles is how many files or folders it may have.
	maxFiles = 1 << 16
)

// sequence is where the part of a line number program begins that describes the code
// from low to high. Each part starts from the same state, so that one can be run
// without those before it.
type sequence struct {
	low, high uint64
	at        int64 // offset in .debug_line
}

// lineTable is the header of a line number program (section 6.2) and an index of the
// program. The rows that it makes are not kept: there are as many as a tenth of all
// bytes of debug information, and few are asked for.
type lineTable struct {
	lineHeader
	end       int64      // offset in .debug_line where the program ends
	sequences []sequence // sorted by low
	folders   []value    // strings
	files     []sourceFile
	// firstFile is the number of files[0]: 0 in DWARF 5, 1 before.
	firstFile uint16
}

// sourceFile is a file's name, a string, and the index of its folder.
type sourceFile struct {
	name   value
	folder uint64
}

// readLines reads the unit's line table unless that is done. What was read before an
// error counts.
func (u *unit) readLines() {
	if u.lines != nil {
		return
	}
	u.lines = &lineTable{}
	if !u.stmtList.present() || u.stmtList.n >= uint64(u.data.sections.Line.Size) {
		return
	}
	c, err := u.lineProgram(int64(u.stmtList.n))
	if err == nil {
		p := lineProgram{cursor: c, table: u.lines, index: true}
		p.run()
	}
	slices.SortFunc(u.lines.sequences, func(a, b sequence) int { return cmp.Compare(a.low, b.low) })
	u.lines.sequences = slices.Clip(u.lines.sequences)
	u.data.cache.grown(u)
}

// position returns the source position of the code at addr.
func (u *unit) position(addr uint64) (file string, line, column int) {
	u.readLines()
	s := u.lines.sequences
	above := sort.Search(len(s), func(i int) bool { return s[i].low > addr })
	for i := above - 1; i >= 0 && above-i <= maxCovering; i-- {
		if addr >= s[i].high {
			continue
		}
		p := lineProgram{
			cursor: u.data.cursor(u.data.sections.Line, s[i].at, u.lines.end, 16*nearWindow),
			table:  u.lines, wanted: addr,
		}
		p.run()
		if r := p.found; r.ok {
			return u.fileName(r.file), r.line, r.column
		}
	}
	return "", 0, 0
}

// fileName returns the path of a file of the line table, joined with its folder and
// the compiler's. A ".." in it stays: what is before it may be a link.
func (u *unit) fileName(number uint64) string {
	i := number - uint64(u.lines.firstFile)
	if i >= uint64(len(u.lines.files)) {
		return ""
	}
	f := u.lines.files[i]
	name := u.lineText(f.name)
	if name == "" {
		return ""
	}
	folder := f.folder
	if u.lines.firstFile == 1 && folder > 0 { // 0 is the compiler's, which is not listed
		folder--
	} else if u.lines.firstFile == 1 {
		folder = maxFiles
	}
	if folder < uint64(len(u.lines.folders)) && !path.IsAbs(name) {
		name = u.lineText(u.lines.folders[folder]) + "/" + name
	}
	if !path.IsAbs(name) {
		name = u.text(u.compDir) + "/" + name
	}
	return withoutDots(name)
}

// withoutDots drops what of a path never matters, "." and empty names.
func withoutDots(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." {
			continue
		}
		if b.Len() > 0 || name[0] == '/' {
			b.WriteByte('/')
		}
		b.WriteString(part)
	}
	return cmp.Or(b.String(), path.Clean(name))
}

// lineText is text for a value of .debug_line.
func (u *unit) lineText(v value) string {
	if v.form == formString {
		return u.data.stringAt(u.data.sections.Line, v.n)
	}
	return u.text(v)
}

// lineProgram reads the header of the line number program at an offset (section
// 6.2.4) and returns a cursor at the program.
func (u *unit) lineProgram(at int64) (*cursor, error) {
	c := u.data.cursor(u.data.sections.Line, at, u.data.sections.Line.Size, farWindow)
	length, offsetSize := c.length()
	if c.err != nil || length > uint64(c.end-c.at()) {
		return nil, errShort
	}
	c.end = c.at() + int64(length)
	c.window = c.window[:min(int64(len(c.window)), c.end-c.base)]
	f := format{version: uint8(min(c.uint(2), 255)), addrSize: u.addrSize, offsetSize: offsetSize}
	if f.version < 2 || f.version > 5 {
		return nil, fmt.Errorf("line table of version %d", f.version)
	}
	if f.version == 5 {
		f.addrSize = c.u8()
		c.skip(1) // segment selectors' size
	}
	headerLength := c.uint(int(offsetSize))
	if c.err != nil || headerLength > uint64(c.end-c.at()) {
		return nil, errShort
	}
	program := c.at() + int64(headerLength)
	u.lines.end = c.end
	if err := u.lines.readHeader(c, f.version); err != nil {
		return nil, err
	}
	if f.version == 5 {
		u.lines.readTables(c, f)
	} else {
		u.lines.readOldTables(c)
	}
	c.seek(program)
	return c, c.err
}

// lineHeader is what the opcodes of a line number program mean.
type lineHeader struct {
	minLength  uint64 // of an instruction, in bytes
	opcodeBase uint8
	operands   [256]uint8  // of each standard opcode
	addrBy     [256]uint64 // what each special opcode adds to the address
	lineBy     [256]int16  // and to the line (section 6.2.5.1)
}

func (h *lineHeader) readHeader(c *cursor, version uint8) error {
	h.minLength = uint64(c.u8())
	if version >= 4 {
		c.skip(1) // operations per instruction, 1 but on VLIW machines
	}
	c.skip(1) // default_is_stmt
	base, lineRange := int16(int8(c.u8())), c.u8()
	h.opcodeBase = c.u8()
	if c.err != nil || lineRange == 0 || h.opcodeBase == 0 {
		return errors.Join(c.err, errors.New("bad line table header"))
	}
	for i := 1; i < int(h.opcodeBase); i++ {
		h.operands[i] = c.u8()
	}
	for i := int(h.opcodeBase); i < 256; i++ {
		n := uint8(i) - h.opcodeBase
		h.addrBy[i], h.lineBy[i] = h.minLength*uint64(n/lineRange), base+int16(n%lineRange)
	}
	return c.err
}

// readTables reads the folders and files of DWARF 5.
func (t *lineTable) readTables(c *cursor, f format) {
	for _, f := range readNames(c, f) {
		t.folders = append(t.folders, f.name)
	}
	t.files = readNames(c, f)
}

// readNames reads a table of entries of self-described format.
func readNames(c *cursor, f format) []sourceFile {
	var columns [256][2]uint64
	n := int(c.u8())
	for i := range n {
		columns[i] = [2]uint64{c.uleb(), c.uleb()}
	}
	var files []sourceFile
	for count := c.uleb(); count > 0 && n > 0 && c.more() && len(files) < maxFiles; count-- {
		var file sourceFile
		for _, column := range columns[:n] {
			if column[1] > 0xffff {
				c.fail(errForm(column[1]))
				return files
			}
			v := f.read(c, uint16(column[1]), 0)
			switch column[0] {
			case lnctPath:
				file.name = v
			case lnctDirectory:
				file.folder = v.n
			}
		}
		files = append(files, file)
	}
	return files
}

// readOldTables reads the folders and files of DWARF 2 to 4, which are lists that an
// empty name ends.
func (t *lineTable) readOldTables(c *cursor) {
	t.firstFile = 1
	for c.more() && len(t.folders) < maxFiles {
		v := value{formString, uint64(c.at())}
		c.skipString()
		if c.at() == int64(v.n)+1 {
			break
		}
		t.folders = append(t.folders, v)
	}
	for c.more() && len(t.files) < maxFiles {
		v := value{formString, uint64(c.at())}
		c.skipString()
		if c.at() == int64(v.n)+1 {
			break
		}
		t.addFile(c, v)
	}
}

// addFile adds a file whose name has been read.
func (t *lineTable) addFile(c *cursor, name value) {
	t.files = append(t.files, sourceFile{name, c.uleb()})
	c.skipLEB() // time of modification
	c.skipLEB() // size
}
