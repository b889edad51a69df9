// Package process looks at a running process from outside: which files it has mapped, where
// its interpreter lies, and where that keeps what the oracle asks for.
package process

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// Mapping is a line of /proc/PID/maps that has a file.
type Mapping struct {
	Start, End uint64
	Offset     uint64 // in the file
	Executable bool
	Inode      uint64
	Device     string
	Path       string // in the process's mount namespace
	Deleted    bool   // the file has no name any more
}

// Maps returns the mappings of files, by address.
func Maps(pid int) ([]Mapping, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return parseMaps(f)
}

func parseMaps(r io.Reader) ([]Mapping, error) {
	var all []Mapping
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		if m, ok := parseMapping(in.Text()); ok {
			all = append(all, m)
		}
	}
	return all, in.Err()
}

const deleted = " (deleted)"

// parseMapping reads `start-end perms offset dev inode path`, proc_pid_maps(5). Memory
// without a file is passed over.
func parseMapping(line string) (m Mapping, ok bool) {
	fields := strings.SplitN(line, " ", 6)
	if len(fields) < 6 {
		return m, false
	}
	start, end, found := strings.Cut(fields[0], "-")
	var errs [4]error
	m.Start, errs[0] = strconv.ParseUint(start, 16, 64)
	m.End, errs[1] = strconv.ParseUint(end, 16, 64)
	m.Offset, errs[2] = strconv.ParseUint(fields[2], 16, 64)
	m.Inode, errs[3] = strconv.ParseUint(fields[4], 10, 64)
	m.Executable = strings.Contains(fields[1], "x")
	m.Device = fields[3]
	// The kernel writes a newline in a name as \012 (fs/seq_file.c, mangle_path).
	m.Path = strings.ReplaceAll(strings.TrimLeft(fields[5], " "), `\012`, "\n")
	if path, gone := strings.CutSuffix(m.Path, deleted); gone {
		m.Path, m.Deleted = path, true
	}
	for _, err := range errs {
		found = found && err == nil
	}
	return m, found && m.Inode != 0 && strings.HasPrefix(m.Path, "/") && m.Start < m.End
}
