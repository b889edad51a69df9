package wheels

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/symbols"
	"github.com/gilwatch/gilwatch/tests/pythons"
)

// numpy's wheel has a symbol table and no debug information: of 500 random addresses in the
// functions of its core, the names are those that addr2line gives.
func TestNumpyNamesAgainstAddr2line(t *testing.T) {
	if _, err := exec.LookPath("addr2line"); err != nil {
		t.Skip("no addr2line")
	}
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		core := numpyCore(t, wheels(t, py).Dir)
		addrs := addressesIn(t, core, 500)
		names := addr2line(t, core, addrs)
		r := symbols.NewLocalResolver()
		defer r.Close()
		for i, addr := range addrs {
			frames := r.Resolve(symbols.Module{Path: core}, addr, false)
			want, _ := symbols.Demangle(names[i])
			if f := frames[0]; len(frames) != 1 || f.Function != want || !f.Exact || f.Line != 0 {
				t.Errorf("%#x: got %+v, addr2line says %q", addr, frames, want)
			}
		}
	})
}

// numpyCore is the path of the module in an environment.
func numpyCore(t *testing.T, env string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(env, "lib/python3.*/site-packages/numpy/*core/_multiarray_umath.*.so"))
	if err != nil || len(found) != 1 {
		t.Fatalf("numpy's core in %s: %q (%v)", env, found, err)
	}
	return found[0]
}

// addressesIn returns n addresses in functions that nm gives a size for, and no other name nor
// a label inside: which of several addr2line takes is its own choice.
func addressesIn(t *testing.T, file string, n int) []uint64 {
	t.Helper()
	out, err := exec.Command("nm", "-n", "-S", "--defined-only", file).Output()
	if err != nil {
		t.Fatalf("ask nm about %s: %v", file, err)
	}
	type stretch struct{ start, size uint64 }
	var all, alone []stretch
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		s := stretch{}
		s.start, _ = strconv.ParseUint(fields[0], 16, 64)
		if len(fields) == 4 && strings.Contains("tTwW", fields[2]) {
			s.size, _ = strconv.ParseUint(fields[1], 16, 64)
		}
		all = append(all, s)
	}
	for i, s := range all {
		if s.size > 0 && (i == 0 || all[i-1].start < s.start) && (i+1 == len(all) || all[i+1].start >= s.start+s.size) {
			alone = append(alone, s)
		}
	}
	if len(alone) < 100 {
		t.Fatalf("nm names %d functions in %s", len(alone), file)
	}
	random := rand.New(rand.NewPCG(5, 6))
	addrs := make([]uint64, n)
	for i := range addrs {
		s := alone[random.IntN(len(alone))]
		addrs[i] = s.start + random.Uint64N(s.size)
	}
	return addrs
}

// addr2line is the function's name at each address, as it stands in the symbol table.
func addr2line(t *testing.T, file string, addrs []uint64) []string {
	t.Helper()
	var in strings.Builder
	for _, addr := range addrs {
		fmt.Fprintf(&in, "%#x\n", addr)
	}
	command := exec.Command("addr2line", "-f", "-i", "-e", file)
	command.Stdin = strings.NewReader(in.String())
	out, err := command.Output()
	if err != nil {
		t.Fatalf("ask addr2line about %s: %v", file, err)
	}
	var names []string
	for i, line := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		if i%2 == 0 {
			names = append(names, line)
		} else if !strings.HasSuffix(line, ":?") && !strings.HasSuffix(line, ":0") {
			t.Fatalf("%s has lines: %s", file, line)
		}
	}
	if len(names) != len(addrs) {
		t.Fatalf("%d names of %d addresses", len(names), len(addrs))
	}
	return names
}
