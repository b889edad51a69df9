package collector

import (
	"debug/elf"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

const guardSource = `
void *PyEval_SaveThread(void);
void touch(void *);
__attribute__((noinline)) void *begin(void) { return PyEval_SaveThread(); }
__attribute__((noinline)) int guarded(void) { void *volatile saved = begin(); touch(saved); return saved != 0; }
int outer(int n) { char room[256]; touch(room); return guarded() + n + room[0]; }
`

// library compiles guardSource and returns its path, its code and its functions.
func library(f *testing.F) (path string, code *elf.Section, function map[string]uint64) {
	f.Helper()
	source := filepath.Join(f.TempDir(), "guard.c")
	path = filepath.Join(filepath.Dir(source), "guard.so")
	if err := os.WriteFile(source, []byte(guardSource), 0o600); err != nil {
		f.Fatal(err)
	}
	if out, err := exec.Command("cc", "-g", "-O0", "-shared", "-fPIC", "-o", path, source).CombinedOutput(); err != nil {
		f.Fatalf("compile: %v\n%s", err, out)
	}
	parsed, err := elf.Open(path)
	if err != nil {
		f.Fatal(err)
	}
	defer parsed.Close()
	all, err := parsed.DynamicSymbols()
	if err != nil {
		f.Fatal(err)
	}
	function = map[string]uint64{}
	for _, s := range all {
		function[s.Name] = s.Value
	}
	return path, parsed.Section(".text"), function
}

// Whatever words and stack pointers a journal has, the site of a release is one of those that
// stand in it, and as many functions are named as are looked at.
func FuzzReleased(f *testing.F) {
	const bias, stack = 0x7f1200000000, 0x7ffd00008000
	path, code, function := library(f)
	in := func(names ...string) (b []byte) { // code of a function, or a place in the stack
		for _, name := range names {
			v := (function[name] + 13 - code.Addr) << 1 // the prologue is over
			if function[name] == 0 {
				v = uint64(len(name))<<3 | 1
			}
			b = binary.LittleEndian.AppendUint16(b, uint16(v))
		}
		return b
	}
	// begin has returned, and guarded runs; begin runs; neither does.
	words := in("begin", ".....", "guarded", "", "", "..........", "outer", "", "begin", ".....", "outer")
	f.Add(uint64(stack), uint64(stack+8), byte(2), byte(4), words, in("guarded", "outer"))
	f.Add(uint64(stack), uint64(stack+8), byte(1), byte(1), words, in("begin", "guarded", "outer"))
	f.Add(uint64(stack), uint64(stack+8), byte(0), byte(9), words, in("outer", "outer"))
	f.Add(uint64(0), ^uint64(0), byte(0), byte(0), []byte{}, []byte{1})
	resolver := symbols.NewResolver()
	defer resolver.Close()
	f.Fuzz(func(t *testing.T, sp, rbp uint64, first, step byte, words, frames []byte) {
		value := func(b []byte, i int) uint64 {
			if 2*i+2 > len(b) {
				return 0
			}
			v := uint64(binary.LittleEndian.Uint16(b[2*i:]))
			if v&1 != 0 {
				return sp + v&0xff8
			}
			return bias + code.Addr + v>>1%code.Size
		}
		v := journal.Violation{}
		for n := range 2 {
			r := journal.ReleaseSite{SP: sp + uint64(n)*64, RBP: rbp}
			for i := range r.Words {
				r.Words[i] = value(words, n*len(r.Words)+i)
			}
			v.Releases = append(v.Releases, r)
		}
		v.Released = v.Releases[0].Words[0]
		for i := range min(len(frames)/2, 64) {
			v.Frames = append(v.Frames, value(frames, i))
			v.Places = append(v.Places, sp+8*(uint64(first)+uint64(i)*uint64(step)))
		}
		j := &journal.Journal{Modules: []journal.Module{{Path: path, Bias: bias, Start: bias, End: bias + 1<<20}}}
		b := newBuilder(Run{}, nil, resolver, zerolog.Nop())
		r := b.releaseOf(j, &v)
		at := r.at()
		if at != v.Releases[0].Words[0] && at != v.Releases[1].Words[0] {
			t.Fatalf("released at %#x, which is in %+v nowhere", at, v.Releases)
		}
		if at == 0 {
			return
		}
		named := b.releasedFrames(j, &v, r)
		if len(named) == 0 || len(named) > 2*maxReleaseFrames || named[0].Place() != b.frames(j, &v, at)[0].Place() {
			t.Fatalf("%d frames for %#x: %+v", len(named), at, named)
		}
	})
}
