package symbols

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// spill is a temporary file for what is decompressed: sections of a gigabyte are read
// by offset there, not kept in memory. The file is made when it is needed and has no
// name, so that it goes with the process.
type spill struct {
	file *os.File
	size int64
}

// write copies exactly size bytes of r and returns a reader of them.
func (s *spill) write(r io.Reader, size int64) (*io.SectionReader, error) {
	if size > maxInflated-s.size {
		return nil, errors.New("too much of it")
	}
	if s.file == nil {
		file, err := os.CreateTemp("", "gilwatch-debug-*")
		if err != nil {
			return nil, err
		}
		s.file = file
		if err := os.Remove(file.Name()); err != nil {
			return nil, err
		}
	}
	at := s.size
	n, err := io.Copy(io.NewOffsetWriter(s.file, at), io.LimitReader(r, size))
	if err == nil && n < size {
		err = fmt.Errorf("%d bytes of %d: %w", n, size, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return nil, err
	}
	s.size += size
	return io.NewSectionReader(s.file, at, size), nil
}

// Close frees what was written.
func (s *spill) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
