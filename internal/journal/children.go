package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// ChildrenName is the file of a session folder in which processes without an interpreter
// name the programs that they started and that cannot be watched.
const ChildrenName = "children"

// maxChildren bounds what is read of it, in bytes: some 10,000 programs.
const maxChildren = 4 << 20

// ReadChildren reads that file; without one there are no children, and those that were taken
// back are not among them. What stands behind damage is not read, and the error says so: the
// children before are returned with it.
func ReadChildren(path string) ([]Child, error) {
	f, err := OpenFile(path, os.O_RDONLY)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading unwatched programs: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxChildren))
	if err != nil {
		return nil, fmt.Errorf("reading unwatched programs: %w", err)
	}
	noted, damage := parseChildren(data)
	children := executed(noted)
	if damage != "" {
		return children, fmt.Errorf("reading unwatched programs from %s: %s", path, damage)
	}
	return children, nil
}

// executed is the children without those that were taken back.
func executed(children []Child) []Child {
	var all []Child
	for _, c := range children {
		if c.Reason != "" {
			all = append(all, c)
			continue
		}
		for i, noted := range slices.Backward(all) {
			if noted.Pid == c.Pid {
				all = slices.Delete(all, i, i+1)
				break
			}
		}
	}
	return all
}

func parseChildren(data []byte) (children []Child, damage string) {
	var j Journal
	for offset := 0; offset < len(data) && j.Damage == ""; {
		rest := data[offset:]
		if len(rest) < sizeofEntry {
			j.damaged(offset, "an entry is cut off")
			break
		}
		e := at[rawEntry](rest, 0)
		if e.Type != entryChild || e.Size < sizeofEntry || e.Size%8 != 0 || int64(e.Size) > int64(len(rest)) {
			j.damaged(offset, "stands no child entry")
			break
		}
		j.child(rest[:e.Size], offset)
		offset += int(e.Size)
	}
	return j.Children, j.Damage
}
