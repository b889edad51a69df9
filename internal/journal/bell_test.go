package journal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func note(change func(*rawBell)) []byte {
	r := rawBell{Magic: bellMagic, Type: bellViolation, Pid: 4711, Serial: 2, Entry: 24576}
	if change != nil {
		change(&r)
	}
	return append([]byte(nil), raw(&r)...)
}

func TestParseNote(t *testing.T) {
	n, err := ParseNote(note(nil))
	if want := (Note{NewViolation, 4711, 2, 24576}); err != nil || n != want {
		t.Errorf("%+v, %v; want %+v", n, err, want)
	}
	if got := n.Path("/s"); got != "/s/4711.2" {
		t.Errorf("path %s", got)
	}
	if got := n.Bytes(); string(got) != string(note(nil)) {
		t.Errorf("written again: %x", got)
	}
	for name, b := range map[string][]byte{
		"empty": nil, "short": note(nil)[1:], "long": append(note(nil), 0),
		"magic": note(func(r *rawBell) { r.Magic++ }),
		"type":  note(func(r *rawBell) { r.Type = 0 }),
		"types": note(func(r *rawBell) { r.Type = bellNoJournal + 1 }),
		"pid 0": note(func(r *rawBell) { r.Pid = 0 }),
		"pid":   note(func(r *rawBell) { r.Pid = -1 }),
	} {
		if n, err := ParseNote(b); !errors.Is(err, ErrNotANote) {
			t.Errorf("%s: %+v, %v", name, n, err)
		}
	}
}

func TestRelease(t *testing.T) {
	j := sample()
	whole := j.Bytes()
	path := filepath.Join(t.TempDir(), "4711.1")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	good := j.Violations[1].Offset
	for name, bad := range map[string]uint64{
		"the header": 0, "a mark": marksOffset, "a module": j.Modules[0].Offset, "within a violation": good + 8,
		"not aligned": good + 4, "the end": uint64(len(whole)), "behind it": 1 << 29,
		"far behind it": 1 << 62, "no offset of a file": ^uint64(7),
	} {
		if err := Release(path, bad, Act); !errors.Is(err, ErrNoViolation) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if stands, err := os.ReadFile(path); err != nil || string(stands) != string(whole) {
		t.Fatalf("a bad offset changed the journal (%v)", err)
	}
	if err := Release(path, good, Spare); err != nil {
		t.Fatal(err)
	}
	set(whole, int(good), func(v *rawViolation) { v.Looked = lookedSpare })
	if stands, err := os.ReadFile(path); err != nil || string(stands) != string(whole) {
		t.Errorf("the journal differs by more than the word (%v)", err)
	}
	if err := Release(path+"x", good, Act); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no such journal: %v", err)
	}
}

func TestSettings(t *testing.T) {
	s := at[rawSettings](Settings{Wait: 1500e6, JournalMax: 7, Embedded: true, Sensors: SensorAlloc, Action: Stop, Acquire: 3e9}.Bytes(), 0)
	if want := (rawSettings{settingsMagic, layoutVersion, 1500, 7, 1, sensorAlloc, actionStop, 3000}); s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
}
