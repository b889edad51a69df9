package session

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/report"
)

// reportName is the report of a session that could not write it where it was asked to.
const reportName = "report.json"

// Keep lets Close leave the folder, for `gilwatch report`. A later session sweeps it after
// keepUnread.
func (s *Session) Keep() { s.options.Keep = true }

// WriteReport lays the finished report into the folder: it knows what the journals don't,
// such as Python stacks.
func (s *Session) WriteReport(r *report.Report) error {
	path := filepath.Join(s.Folder, reportName)
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		err = errors.Join(report.Write(f, "json", r, report.Options{}), f.Close())
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		os.Remove(path + ".new") // half a report is none
		return fmt.Errorf("writing the report into the session folder: %w", err)
	}
	return nil
}

// ReadReport reads the report that WriteReport wrote, nil where there is none.
func (s *Session) ReadReport() (*report.Report, error) {
	path := filepath.Join(s.Folder, reportName)
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := report.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}
