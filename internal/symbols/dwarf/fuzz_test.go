package dwarf

import (
	"fmt"
	"testing"
)

var fuzzFlags = [][]string{
	{"-O2", "-gdwarf-5"}, {"-O2", "-gdwarf-4"}, {"-O0", "-gdwarf-3"}, {"-O2", "-gdwarf-5", "-gdwarf64"},
	{"-O2", "-gdwarf-5", "-ffunction-sections"},
	{"-O2", "-gdwarf-4", "-gsplit-dwarf"}, {"-O2", "-gdwarf-5", "-gsplit-dwarf"},
}

// fuzzNames are the sections that a fuzzed input may change, in the order of its
// number.
var fuzzNames = []string{"info", "abbrev", "line", "line_str", "str", "ranges", "rnglists",
	"addr", "info.dwo", "abbrev.dwo", "str_offsets.dwo", "str.dwo", "rnglists.dwo", "cu_index"}

// check looks up every address from low to high and holds the answers against what
// must be true of any.
func check(t testing.TB, d *Data, low, high uint64) {
	for addr := low; addr < high; addr += 3 {
		calls, err := d.Lookup(addr)
		if err != nil && len(calls) > 0 && calls[0].Linkage+calls[0].Name != "" {
			t.Fatalf("%#x: %v and %v", addr, calls, err)
		}
		if len(calls) > maxInlined {
			t.Fatalf("%#x: %d calls", addr, len(calls))
		}
		for _, c := range calls {
			if c.Line < 0 || c.Column < 0 || len(c.File) > 4*maxString || len(c.Name) > 4*maxString {
				t.Fatalf("%#x: %.1000v", addr, fmt.Sprint(c))
			}
		}
	}
}

// FuzzSections replaces one real section by any bytes.
func FuzzSections(f *testing.F) {
	type build struct {
		sections  map[string][]byte
		low, high uint64
	}
	var builds []build
	for i, flags := range fuzzFlags {
		sections, file := compiled(f, flags...)
		low, high := textRange(f, file)
		builds = append(builds, build{sections, low, high})
		for n, name := range fuzzNames {
			if len(sections[name]) > 0 {
				f.Add(uint8(i), uint8(n), sections[name])
			}
		}
	}
	f.Fuzz(func(t *testing.T, i, n uint8, b []byte) {
		build := builds[int(i)%len(builds)]
		sections := map[string][]byte{}
		for name, contents := range build.sections {
			sections[name] = contents
		}
		sections[fuzzNames[int(n)%len(fuzzNames)]] = b
		cache := NewCache(1 << 20)
		d, err := New(sectionsOf(sections), nil, cache)
		if err != nil {
			return
		}
		if len(d.units) > len(sections["info"])/11+1 {
			t.Fatalf("%d units in %d bytes", len(d.units), len(sections["info"]))
		}
		d.OpenSplits(splitsOf(sections))
		check(t, d, build.low, build.low+60)
		d.Close()
		cache.Drop(d)
		if cache.weight != 0 || cache.used.Len() != 0 {
			t.Fatalf("%d bytes of %d units left in the cache", cache.weight, cache.used.Len())
		}
	})
}

// TestMutations is a short walk of the fuzz target's kind: each byte of each section
// is changed in turn, some at a time.
func TestMutations(t *testing.T) {
	for _, flags := range fuzzFlags {
		sections, file := compiled(t, flags...)
		low, _ := textRange(t, file)
		for _, name := range fuzzNames {
			original := sections[name]
			step := max(1, len(original)/200)
			for at := 0; at < len(original); at += step {
				for _, x := range []byte{0x00, 0xff, original[at] ^ 0x10, original[at] + 1} {
					changed := append([]byte{}, original...)
					changed[at] = x
					sections[name] = changed
					if d, err := New(sectionsOf(sections), nil, NewCache(1<<20)); err == nil {
						d.OpenSplits(splitsOf(sections))
						check(t, d, low, low+30)
					}
				}
				sections[name] = original[:at]
				if d, err := New(sectionsOf(sections), nil, NewCache(1<<20)); err == nil {
					d.OpenSplits(splitsOf(sections))
					check(t, d, low, low+30)
				}
			}
			sections[name] = original
		}
	}
}
