package source

import (
	"bytes"
	"io"
	"os"
	"time"

	"github.com/gilwatch/gilwatch/internal/filetree"
)

// maxFile is the largest file read, in bytes: generated C of Cython and SWIG has megabytes.
const maxFile = 8 << 20

// file is a text file in memory.
type file struct {
	text     []byte
	ends     []uint32 // the offset behind each line's last byte
	modified time.Time
}

// read reads a regular file of text, nil when the path is anything else.
func read(root, path string) *file {
	f, err := filetree.Open(root, path)
	if err != nil {
		return nil
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !readable(info) {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil || len(text) > maxFile || bytes.IndexByte(text, 0) >= 0 {
		return nil
	}
	return &file{text, lineEnds(text), info.ModTime()}
}

// readable tells whether a file may be read whole. Those of /proc, some of which block, say
// that they are empty.
func readable(info os.FileInfo) bool {
	return info.Size() > 0 && info.Size() <= maxFile
}

func lineEnds(text []byte) []uint32 {
	ends := make([]uint32, 0, bytes.Count(text, []byte{'\n'})+1)
	for i, c := range text {
		if c == '\n' {
			ends = append(ends, uint32(i+1))
		}
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		ends = append(ends, uint32(len(text)))
	}
	return ends
}

func (f *file) lines() int { return len(f.ends) }

// line returns the n-th line, from 1, with what ends it.
func (f *file) line(n int) []byte {
	start := uint32(0)
	if n > 1 {
		start = f.ends[n-2]
	}
	return f.text[start:f.ends[n-1]]
}

// size is what the file takes in memory, in bytes.
func (f *file) size() int {
	if f == nil {
		return 0
	}
	return len(f.text) + 4*len(f.ends)
}
