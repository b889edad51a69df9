package site

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/symbols"
)

// sample calls through stubs, by a call and by a jump, and has another in a vector loop.
const sample = `
extern int wanted_one(int); extern int wanted_two(int); extern int other(int);
int calls(int a) { return wanted_one(a) + wanted_two(a) + other(a); }
int jumps(int a) { return wanted_one(a + 1); }
void adds(float *a, const float *b, int n) { for (int i = 0; i < n; i++) a[i] += b[i] * wanted_two(i); }
int (*loads(void))(int) { return wanted_one; }
`

func build(t *testing.T, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	source, out := filepath.Join(dir, "sample.c"), filepath.Join(dir, "sample.so")
	if err := os.WriteFile(source, []byte(sample), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-shared", "-fPIC", "-O2", "-o", out, source}, flags...)
	if text, err := exec.Command("cc", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out
}

func wanted(name string) bool { return strings.HasPrefix(name, "wanted_") }

func scanFile(t *testing.T, path string) *Module {
	t.Helper()
	file, parsed, err := symbols.OpenELF(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m, err := Scan(parsed, wanted, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var callLine = regexp.MustCompile(`^\s*([0-9a-f]+):\s+(?:bnd )?(call|jmp)\s+.*<(wanted_\w+)@`)
var slotLine = regexp.MustCompile(`^\s*([0-9a-f]+):\s+(?:bnd )?(call|jmp)\s+\*0x[0-9a-f]+\(%rip\).*<(wanted_\w+)@`)

// objdumps are the sites that binutils' disassembler shows, outside of the stubs.
func objdumps(t *testing.T, path string) map[uint64]string {
	t.Helper()
	out, err := exec.Command("objdump", "-d", "-R", "--no-show-raw-insn", "-j", ".text", path).Output()
	if err != nil {
		t.Skipf("objdump: %v", err)
	}
	all := map[uint64]string{}
	for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
		for _, form := range []*regexp.Regexp{callLine, slotLine} {
			if m := form.FindStringSubmatch(lines.Text()); m != nil {
				addr, _ := strconv.ParseUint(m[1], 16, 64)
				all[addr] = m[2] + " " + m[3]
			}
		}
	}
	return all
}

func TestScan(t *testing.T) {
	for name, flags := range map[string][]string{
		"lazy": {"-Wl,-z,lazy"}, "now": {"-Wl,-z,now"}, "cet": {"-fcf-protection=full", "-Wl,-z,ibtplt"}, "avx512": {"-O3", "-march=skylake-avx512"},
	} {
		path := build(t, flags...)
		m, want := scanFile(t, path), objdumps(t, path)
		for _, s := range m.Sites {
			kind := map[bool]string{false: "call ", true: "jmp "}[s.Jump]
			if want[s.Addr] != kind+s.Function {
				t.Errorf("%s: %s%s at %#x, objdump shows %q", name, kind, s.Function, s.Addr, want[s.Addr])
			}
		}
		if len(m.Sites) != len(want) || len(want) != 4 || m.Imports != 2 || m.Gaps != (Gaps{Addresses: 1}) {
			t.Errorf("%s: %d sites, objdump has %d; %d imports, gaps %+v", name, len(m.Sites), len(want), m.Imports, m.Gaps)
		}
	}
}

// Through slots, as with -fno-plt.
func TestScanSlots(t *testing.T) {
	m := scanFile(t, build(t, "-fno-plt"))
	calls, jumps := 0, 0
	for _, s := range m.Sites {
		if s.Len != 6 {
			t.Errorf("%s at %#x has %d bytes", s.Function, s.Addr, s.Len)
		}
		if s.Jump {
			jumps++
		} else {
			calls++
		}
	}
	if calls < 2 || jumps != 1 || m.Gaps.Addresses < 1 {
		t.Errorf("%d calls, %d jumps, gaps %+v", calls, jumps, m.Gaps)
	}
}

// A function with an instruction that is not known is left alone, and counted; the others
// are not.
func TestUndecoded(t *testing.T) {
	path := build(t, "-Wl,-z,lazy")
	before := scanFile(t, path)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := before.Sites[0].Code
	raw[before.Sites[0].Offset-(before.Sites[0].Addr-broken.Addr)] = 0x06 // push %es, not in 64-bit mode
	if err := os.WriteFile(path, raw, 0o755); err != nil {
		t.Fatal(err)
	}
	after := scanFile(t, path)
	if after.Gaps.Undecoded != 1 || len(after.Sites) >= len(before.Sites) || len(after.Sites) == 0 {
		t.Errorf("%d sites of %d, gaps %+v", len(after.Sites), len(before.Sites), after.Gaps)
	}
	for _, s := range after.Sites {
		if s.Code.Addr == broken.Addr {
			t.Errorf("a site in the broken function, at %#x", s.Addr)
		}
	}
}

// Without .eh_frame nothing tells where functions begin.
func TestUndescribed(t *testing.T) {
	m := scanFile(t, build(t, "-fno-asynchronous-unwind-tables", "-fno-unwind-tables"))
	if len(m.Sites) != 0 || !m.Gaps.Undescribed {
		t.Errorf("%d sites, gaps %+v", len(m.Sites), m.Gaps)
	}
}

func FuzzScan(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		file, parsed, err := symbols.OpenELF(path)
		if err != nil {
			return
		}
		defer file.Close()
		_, _ = Scan(parsed, func(string) bool { return true }, nil)
	})
}
