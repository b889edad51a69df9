package collector

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
)

// Whatever stands in a session's journals, a report is made of it, in which nothing adds up to
// more than was read.
func FuzzBuild(f *testing.F) {
	plain, real := python(7, inExtension, inExtension), python(7, []uint64{0x31000, 0x32000})
	self := filepath.Join(f.TempDir(), "small.so")
	if err := os.WriteFile(self, []byte("\x7fELF\x02\x01\x01"), 0o600); err != nil {
		f.Fatal(err)
	}
	real.Modules[1].Path, real.Modules[1].BuildID = self, ""
	real.Bytes() // sets the offsets
	real.Marks = []journal.Mark{{Tid: 7, Open: true, Entry: real.Violations[0].Offset, Sequence: 1}}
	real.Children = []journal.Child{{Pid: 8, Path: "/bin/static", Reason: "it has no dynamic loader"}}
	for _, j := range []*journal.Journal{plain, real, new(journal.Journal)} {
		f.Add(j.Bytes(), plain.Bytes(), int32(7), 11)
	}
	f.Add([]byte("no journal"), []byte{}, int32(0), 0)
	unseen := func(int) (End, bool) { return End{}, false }
	f.Fuzz(func(t *testing.T, first, second []byte, pid int32, signal int) {
		folder := t.TempDir()
		for name, data := range map[string][]byte{"7.0": first, "7.1": second} {
			if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r, err := Build(session.Open(folder), Run{Pid: int(pid), Signal: &signal}, unseen, zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		read := 0
		for _, data := range [][]byte{first, second} {
			if j, err := journal.Parse(data); err == nil {
				read += len(j.Violations)
			}
		}
		if len(r.Violations) > read {
			t.Fatalf("%d violations of %d in the journals", len(r.Violations), read)
		}
		for i := range r.Violations {
			if r.Violations[i].ID == "" || r.Violations[i].Severity == "" {
				t.Fatalf("violation %+v", r.Violations[i])
			}
		}
		for _, format := range []string{"json", "text"} {
			if err := report.Write(io.Discard, format, r, report.Options{}); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
		}
	})
}
