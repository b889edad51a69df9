package journal

import (
	"errors"
	"math"
	"strings"
	"testing"
	"unsafe"
)

// set overwrites a field of the raw struct at an offset of a journal.
func set[T any](data []byte, offset int, change func(*T)) {
	value := at[T](data, offset)
	change(&value)
	copy(data[offset:], raw(&value))
}

// What is wrong is said, what stands before it is kept, and the calls that were counted but
// cannot be shown are lost: those of the first violation stand in its shares, at the end.
func TestDamage(t *testing.T) {
	whole := sample()
	data := whole.Bytes()
	first, second := int(whole.Violations[0].Offset), int(whole.Violations[1].Offset)
	interpreter := int(whole.Modules[0].Offset)
	unload := int(whole.Modules[1].Unloaded)
	child := unload + int(at[rawEntry](data, unload).Size)
	for name, c := range map[string]struct {
		change     func(data []byte) []byte
		damage     string // part of it; "" is none
		violations int
		lost       uint64 // more than the header says
	}{
		"none": {func(d []byte) []byte { return d }, "", 2, 0},
		"cut behind the first violation": {
			func(d []byte) []byte { return d[:second] }, "are missing", 1, 2},
		"cut in a violation": {
			func(d []byte) []byte { return d[:second+16] }, "are missing", 1, 2},
		"cut in an entry's head": {
			func(d []byte) []byte { return d[:second+4] }, "are missing", 1, 2},
		"no entries": {func(d []byte) []byte { return d[:entriesOffset] }, "are missing", 0, 3},
		"cursor before the entries": {
			func(d []byte) []byte { set(d, 0, func(h *rawHeader) { h.Cursor = 8 }); return d }, "before they begin", 0, 3},
		"cursor far behind the end": {
			func(d []byte) []byte { set(d, 0, func(h *rawHeader) { h.Cursor = math.MaxUint64 }); return d }, "are missing", 2, 0},
		"less storage than used": {
			func(d []byte) []byte {
				set(d, 0, func(h *rawHeader) { h.Allocated = uint64(first) })
				return d
			}, "are missing", 0, 3},
		"size 8, no multiple of 8": {
			func(d []byte) []byte { set(d, first, func(e *rawEntry) { e.Size = 12 }); return d }, "impossible size", 0, 3},
		"size smaller than its head": {
			func(d []byte) []byte { set(d, first, func(e *rawEntry) { e.Size = 0 }); return d }, "impossible size", 0, 3},
		"size larger than the rest": {
			func(d []byte) []byte { set(d, first, func(e *rawEntry) { e.Size = math.MaxUint32 &^ 7 }); return d }, "impossible size", 0, 3},
		"a violation too short": {
			func(d []byte) []byte {
				set(d, first, func(e *rawEntry) { e.Size = 16 })
				set(d, first+16, func(e *rawEntry) { *e = rawEntry{entryModule, uint32(second - first - 16)} })
				return d
			}, "a violation is too short", 1, 2},
		"more frames than the entry holds": {
			func(d []byte) []byte { set(d, first, func(v *rawViolation) { v.Frames = 5 }); return d }, "more frames than fit", 1, 2},
		"more frames than there are": {
			func(d []byte) []byte { set(d, first, func(v *rawViolation) { v.Frames = math.MaxUint32 }); return d }, "more frames than fit", 1, 2},
		"more frames of the creator than the entry holds": {
			func(d []byte) []byte { set(d, first, func(v *rawViolation) { v.Started = 9 }); return d }, "more frames than fit", 1, 2},
		"a kind of violation not known": {
			func(d []byte) []byte { set(d, first, func(v *rawViolation) { v.Kind = 99 }); return d }, "no known kind", 1, 2},
		"a type of entry not known": {
			func(d []byte) []byte { set(d, first, func(e *rawEntry) { e.Type = 99 }); return d }, "no known type", 1, 2},
		"a module's path too long": {
			func(d []byte) []byte {
				set(d, interpreter, func(m *rawModule) { m.Path_size = math.MaxUint32 })
				return d
			}, "longer than its size", 2, 0},
		"a module's build id too long": {
			func(d []byte) []byte {
				set(d, interpreter, func(m *rawModule) { m.Build_id_size = buildIDMax + 1 })
				return d
			}, "longer than its size", 2, 0},
		"a module too short": {
			func(d []byte) []byte {
				set(d, first, func(e *rawEntry) { *e = rawEntry{entryModule, 8} })
				set(d, first+8, func(e *rawEntry) { *e = rawEntry{entryUnload, 8} })
				set(d, first+16, func(e *rawEntry) { *e = rawEntry{0, uint32(second - first - 16)} })
				return d
			}, "a module entry is too short", 1, 2},
		"an unload too short": {
			func(d []byte) []byte {
				set(d, first, func(e *rawEntry) { *e = rawEntry{entryUnload, 8} })
				set(d, first+8, func(e *rawEntry) { *e = rawEntry{0, uint32(second - first - 8)} })
				return d
			}, "an unload entry is too short", 1, 2},
		"a child's path too long": {
			func(d []byte) []byte {
				set(d, child, func(c *rawChild) { c.Path_size, c.Reason_size = math.MaxUint32, math.MaxUint32 })
				return d
			}, "longer than its size", 2, 0},
		"a child too short": {
			func(d []byte) []byte {
				set(d, first, func(e *rawEntry) { *e = rawEntry{entryChild, 16} })
				set(d, first+16, func(e *rawEntry) { *e = rawEntry{0, uint32(second - first - 16)} })
				return d
			}, "a child entry is too short", 1, 2},
		"claimed, not finished": {
			func(d []byte) []byte { set(d, first, func(e *rawEntry) { e.Type = 0 }); return d }, "", 1, 2},
		"claimed, its size not written": {
			func(d []byte) []byte { clear(d[first:second]); return d }, "", 1, 2},
		"the last one claimed, its size not written": {
			func(d []byte) []byte { clear(d[child:]); return d }, "", 2, 1},
	} {
		t.Run(name, func(t *testing.T) {
			j, err := Parse(c.change(sample().Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if (c.damage == "") != (j.Damage == "") || !strings.Contains(j.Damage, c.damage) {
				t.Errorf("damage %q, want %q", j.Damage, c.damage)
			}
			if len(j.Violations) != c.violations {
				t.Errorf("%d violations, want %d", len(j.Violations), c.violations)
			}
			if lost := j.Lost - sample().Lost; lost != c.lost {
				t.Errorf("%d calls lost by the damage, want %d", lost, c.lost)
			}
		})
	}
}

// Only a header that is not one makes a journal unreadable.
func TestNotAJournal(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*rawHeader)
		says   string
	}{
		"magic":   {func(h *rawHeader) { h.Magic++ }, "not a journal"},
		"version": {func(h *rawHeader) { h.Version = 5 }, "its layout is number 5"},
	} {
		data := sample().Bytes()
		set(data, 0, c.change)
		if _, err := Parse(data); errors.Is(err, ErrLayout) != (name == "version") || !errors.Is(err, ErrNotAJournal) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, n := range []int{0, 1, int(unsafe.Sizeof(rawHeader{})), entriesOffset - 1} {
		if _, err := Parse(sample().Bytes()[:n]); !errors.Is(err, ErrNotAJournal) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// The texts of a header need not be ended.
func TestHeaderWithoutEnds(t *testing.T) {
	data := sample().Bytes()
	set(data, 0, func(h *rawHeader) {
		for i := range h.Exe {
			h.Exe[i] = -1
		}
		for i := range h.Argv {
			h.Argv[i] = 'a'
		}
		h.Argv_size = math.MaxUint32
	})
	j, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Repeat("\xff", 1024); j.Exe != want {
		t.Errorf("exe of %d bytes", len(j.Exe))
	}
	if len(j.Argv) != 1 || len(j.Argv[0]) != 4096 {
		t.Errorf("%d arguments", len(j.Argv))
	}
}
