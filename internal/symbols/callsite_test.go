package symbols

import (
	"debug/elf"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var callLine = regexp.MustCompile(`^ *([0-9a-f]+):\t(?:[0-9a-f]{2} )+ *\t(.*)$`)

// callReturns disassembles function in path and gives where its calls return to.
func callReturns(t testing.TB, path, function string) []uint64 {
	t.Helper()
	out := output(t, "objdump", "-d", "--wide", "--disassemble="+function, path)
	var returns []uint64
	afterCall := false
	for line := range strings.Lines(out) {
		m := callLine.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil {
			continue
		}
		if afterCall {
			addr, err := strconv.ParseUint(m[1], 16, 64)
			if err != nil {
				t.Fatal(err)
			}
			returns = append(returns, addr)
		}
		afterCall = strings.Contains(m[2], "call")
	}
	return returns
}

func TestTailCall(t *testing.T) {
	const bias = 0x7f1200000000
	type answer struct{ tail, known bool }
	want := map[string]answer{
		"direct":           {false, true},
		"calls_jumper":     {true, true},
		"calls_other":      {true, true},
		"through_pointer":  {false, false},
		"through_argument": {false, false},
	}
	for _, flags := range [][]string{
		{"-O2", "-Wl,-z,lazy"},
		{"-O2", "-Wl,-z,now"},
		{"-O2", "-fno-plt"},
		{"-O2", "-fcf-protection=full", "-Wl,-z,ibtplt", "-Wl,-z,lazy"},
		{"-O2", "-fcf-protection=full", "-Wl,-z,ibtplt", "-Wl,-z,now"},
		{"-O2", "-fcf-protection=full", "-fno-plt"},
		{"-O2", "-fuse-ld=gold", "-Wl,-z,now"},
		{"-O0", "-foptimize-sibling-calls"},
	} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			path := compile(t, "cc", "calls.c", flags...)
			r := NewResolver()
			defer r.Close()
			for function, want := range want {
				returns := callReturns(t, path, function)
				if len(returns) != 1 {
					t.Fatalf("objdump shows %d calls in %s", len(returns), function)
				}
				tail, known := r.TailCall(Module{Path: path, Bias: bias}, Call{Return: bias + returns[0], Function: "target"})
				if (answer{tail, known}) != want {
					t.Errorf("%s: tail %v, known %v; want %+v", function, tail, known, want)
				}
			}
		})
	}
}

// TestTailCallWithoutSections: a file without section headers still has its dynamic
// segment, and that is enough.
func TestTailCallWithoutSections(t *testing.T) {
	whole := compile(t, "cc", "calls.c", "-O2")
	bare := withoutSections(t, whole)
	r := NewResolver()
	defer r.Close()
	for function, want := range map[string]bool{"direct": false, "calls_jumper": true} {
		ret := callReturns(t, whole, function)[0]
		tail, known := r.TailCall(Module{Path: bare}, Call{Return: ret, Function: "target"})
		if !known || tail != want {
			t.Errorf("%s: tail %v, known %v", function, tail, known)
		}
	}
	if f := r.Resolve(Module{Path: bare}, callReturns(t, whole, "direct")[0], true)[0]; f.Function != "" || f.Reason != "" {
		t.Errorf("no section headers: got %+v", f)
	}
}

func TestTailCallUnknown(t *testing.T) {
	path := compile(t, "cc", "calls.c", "-O2")
	ret := callReturns(t, path, "direct")[0]
	r := NewResolver()
	defer r.Close()
	for name, ask := range map[string]struct {
		module Module
		ret    uint64
	}{
		"no file":         {Module{}, ret},
		"gone":            {Module{Path: "/nonexistent/lib.so"}, ret},
		"changed":         {Module{Path: path, BuildID: "00"}, ret},
		"not behind call": {Module{Path: path}, ret + 1},
		"outside":         {Module{Path: path}, 1 << 40},
		"below the bias":  {Module{Path: path, Bias: 1 << 40}, 12},
		"zero":            {Module{Path: path}, 0},
	} {
		if tail, known := r.TailCall(ask.module, Call{Return: ask.ret, Function: "target"}); known {
			t.Errorf("%s: tail %v, known", name, tail)
		}
	}
}

// TestTailCallInLibpython holds every direct call of a real library that goes
// through its PLT against objdump's annotation.
func TestTailCallInLibpython(t *testing.T) {
	annotated := regexp.MustCompile(`call .*<([A-Za-z_0-9]+)@plt>`)
	path := realFiles(t)[0]
	out := output(t, "objdump", "-d", "--wide", "--section=.text", path)
	r := NewResolver()
	defer r.Close()
	checked, callee := 0, ""
	for line := range strings.Lines(out) {
		m := callLine.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m != nil && callee != "" {
			ret, err := strconv.ParseUint(m[1], 16, 64)
			if err != nil {
				t.Fatal(err)
			}
			if tail, known := r.TailCall(Module{Path: path}, Call{Return: ret, Function: callee}); tail || !known {
				t.Errorf("call of %s that returns to %#x: tail %v, known %v", callee, ret, tail, known)
			}
			if tail, known := r.TailCall(Module{Path: path}, Call{Return: ret, Function: "PyGILState_Check"}); !tail || !known {
				t.Errorf("call of %s that returns to %#x: tail %v, known %v for another function", callee, ret, tail, known)
			}
			checked++
		}
		callee = ""
		if m != nil {
			if call := annotated.FindStringSubmatch(m[2]); call != nil && call[1] != "PyGILState_Check" {
				callee = call[1]
			}
		}
		if checked == 5000 {
			break
		}
	}
	if checked < 100 {
		t.Fatalf("%s: only %d calls through the PLT", path, checked)
	}
}

func TestDecodeStub(t *testing.T) {
	for name, test := range map[string]struct {
		code []byte
		slot uint64
	}{
		"jmp":         {[]byte{0xff, 0x25, 0x10, 0, 0, 0}, 0x1016},
		"bnd jmp":     {[]byte{0xf2, 0xff, 0x25, 0x10, 0, 0, 0}, 0x1017},
		"endbr64 jmp": {[]byte{0xf3, 0x0f, 0x1e, 0xfa, 0xff, 0x25, 0x10, 0, 0, 0}, 0x101a},
		"endbr64 bnd jmp": {
			[]byte{0xf3, 0x0f, 0x1e, 0xfa, 0xf2, 0xff, 0x25, 0x10, 0, 0, 0}, 0x101b},
		"mold": {
			[]byte{0xf3, 0x0f, 0x1e, 0xfa, 0x41, 0xbb, 7, 0, 0, 0, 0xff, 0x25, 0x10, 0, 0, 0}, 0x1020},
		"retpoline": {[]byte{0x4c, 0x8b, 0x1d, 0x10, 0, 0, 0, 0xe8, 0, 0, 0, 0}, 0x1017},
		"negative":  {[]byte{0xff, 0x25, 0xf0, 0xff, 0xff, 0xff}, 0xff6},
	} {
		if slot, ok := DecodeStub(test.code, 0x1000); !ok || slot != test.slot {
			t.Errorf("%s: slot %#x, %v; want %#x", name, slot, ok, test.slot)
		}
	}
	for name, code := range map[string][]byte{
		"empty":        {},
		"function":     {0x55, 0x48, 0x89, 0xe5},
		"jmp register": {0xff, 0xe0},
		"jmp direct":   {0xe9, 0, 0, 0, 0},
		"cut short":    {0xff, 0x25, 0x10},
		"endless nop":  {0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0xff, 0x25, 0, 0, 0, 0},
	} {
		if slot, ok := DecodeStub(code, 0x1000); ok {
			t.Errorf("%s: slot %#x", name, slot)
		}
	}
}

func TestRegisterCall(t *testing.T) {
	for name, code := range map[string][]byte{
		"call *%rax":              {0xff, 0xd0},
		"call *%r11":              {0x41, 0xff, 0xd3},
		"call *(%rax)":            {0xff, 0x10},
		"call *8(%rax)":           {0xff, 0x50, 8},
		"call *0x100(%rax)":       {0xff, 0x90, 0, 1, 0, 0},
		"call *(%rsp)":            {0xff, 0x14, 0x24},
		"call *8(%rsp)":           {0xff, 0x54, 0x24, 8},
		"call *0x100(%rsp)":       {0xff, 0x94, 0x24, 0, 1, 0, 0},
		"call *0x100(,%rax,8)":    {0xff, 0x14, 0xc5, 0, 1, 0, 0},
		"notrack call *%rax":      {0x3e, 0xff, 0xd0},
		"call *8(%rax) after nop": {0x90, 0xff, 0x50, 8},
	} {
		if !registerCall(code) {
			t.Errorf("%s: not seen", name)
		}
	}
	for name, code := range map[string][]byte{
		"jmp *%rax":   {0xff, 0xe0},
		"push (%rax)": {0xff, 0x30},
		"call rel32":  {0xe8, 0x10, 0x20, 0, 0},
		"backwards":   {0xe8, 0x10, 0x20, 0xff, 0xff},
		"nothing":     {},
	} {
		if registerCall(code) {
			t.Errorf("%s: taken for a call through a register", name)
		}
	}
}

// FuzzTailCall feeds whole files: headers, relocations and code are foreign.
func FuzzTailCall(f *testing.F) {
	seed := readFixture(f, compile(f, "cc", "calls.c", "-O2", "-nostdlib", "-s", "-Wl,-z,noseparate-code,-z,norelro,-z,max-page-size=64"))
	parsed, err := parseELF(readerAt(seed))
	if err != nil {
		f.Fatal(err)
	}
	text := parsed.Section(".text")
	for at := text.Addr; at < text.Addr+text.Size; at += 16 {
		f.Add(seed, at)
	}
	for _, flags := range [][]string{{"-mcmodel=large"}, {"-mindirect-branch=thunk", "-fno-plt", "-fcf-protection=none"}} {
		whole := compile(f, "cc", "calls.c", append(flags, "-O2", "-nostdlib")...)
		returns := callReturns(f, whole, "direct")
		f.Add(readFixture(f, whole), returns[len(returns)-1])
		f.Add(readFixture(f, whole), address(f, whole, "direct"))
	}
	f.Fuzz(func(t *testing.T, file []byte, ret uint64) {
		parsed, err := parseELF(readerAt(file))
		if err != nil {
			return
		}
		slots, err := ReadSlots(parsed)
		if err != nil {
			return
		}
		if tail, known := tailCall(parsed, slots, ret, "target"); tail && !known {
			t.Error("a tail call that is not known")
		}
		if register, ok := thunkRegister(parsed, ret); ok && register > 15 {
			t.Errorf("register %d", register)
		}
		largeCall(parsed, ret)
		for _, s := range slots.slots[:min(len(slots.slots), 100)] {
			slots.Function(s.addr)
		}
		for _, s := range parsed.Sections {
			if s.Flags&elf.SHF_EXECINSTR != 0 {
				stubSlot(parsed, s.Addr)
			}
		}
	})
}
