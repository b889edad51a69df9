package symbols

import (
	"regexp"
	"slices"
	"strconv"
	"testing"
)

var (
	registerName = []string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"}
	registerUsed = regexp.MustCompile(`call .*(?:\*%|_thunk_)(r[a-z0-9]+)`)
)

// usedRegister is the DWARF number of the register that the function's only call goes through.
func usedRegister(t *testing.T, path, function string) int {
	t.Helper()
	m := registerUsed.FindStringSubmatch(output(t, "objdump", "-d", "--disassemble="+function, path))
	if m == nil {
		t.Fatalf("%s calls through no register", function)
	}
	return dwarfRegister[slices.Index(registerName, m[1])]
}

// stubOf is the address of a function's PLT stub.
func stubOf(t *testing.T, path, function string) uint64 {
	t.Helper()
	m := regexp.MustCompile(`(?m)^0*([0-9a-f]+) <` + function + `@plt>:`).FindStringSubmatch(output(t, "objdump", "-d", path))
	if m == nil {
		t.Fatalf("%s has no stub of %s", path, function)
	}
	at, err := strconv.ParseUint(m[1], 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestThroughRegister: a call through a register that holds a PLT stub of the function is no
// tail call, whichever module has the stub, and neither is one of a thunk through it; of
// another function's stub, of a function of the module's own, it is one.
func TestThroughRegister(t *testing.T) {
	const bias, otherBias, gate = 0x7f1200000000, 0x400000, 0x7f3400000040
	stubs := compile(t, "cc", "calls.c", "-O2", "-Wl,-z,lazy") // as a program that is not position independent has
	for name, flags := range map[string][]string{
		"plain":      {"-O2", "-Wl,-z,lazy"},
		"large":      {"-O2", "-mcmodel=large", "-Wl,-z,lazy"},
		"large -O0":  {"-O0", "-foptimize-sibling-calls", "-mcmodel=large"},
		"thunk":      {"-O2", "-mindirect-branch=thunk", "-fno-plt", "-fcf-protection=none"},
		"thunk -s":   {"-O2", "-mindirect-branch=thunk", "-fno-plt", "-fcf-protection=none", "-s"},
		"its inside": {"-O2", "-mindirect-branch=thunk-inline", "-fno-plt", "-fcf-protection=none"},
	} {
		t.Run(name, func(t *testing.T) {
			path := compile(t, "cc", "calls.c", flags...)
			labelled := path
			if name == "thunk -s" {
				labelled = compile(t, "cc", "calls.c", flags[:len(flags)-1]...)
			}
			r := NewResolver()
			defer r.Close()
			at := func(address uint64) (Module, bool) {
				switch {
				case address >= bias && address < bias+1<<20:
					return Module{Path: path, Bias: bias}, true
				case address >= otherBias && address < otherBias+1<<20:
					return Module{Path: stubs, Bias: otherBias}, true
				}
				return Module{}, false
			}
			holds := func(function string, value uint64, want bool) {
				t.Helper()
				returns := callReturns(t, labelled, function)
				c := Call{Return: bias + returns[len(returns)-1], Function: "target", Gate: gate, ModuleAt: at}
				for i := range c.Regs {
					c.Regs[i] = 1
				}
				register := 0
				if name != "its inside" {
					register = usedRegister(t, labelled, function)
				}
				c.Regs[register] = value
				if tail, known := r.TailCall(Module{Path: path, Bias: bias}, c); tail != want || !known {
					t.Errorf("%s with %#x in register %d: tail %v, known %v", function, value, register, tail, known)
				}
			}
			holds("through_argument", gate, false)
			holds("through_argument", otherBias+stubOf(t, stubs, "target"), false)
			holds("through_argument", otherBias+stubOf(t, stubs, "other"), true)
			holds("through_argument", otherBias+address(t, stubs, "direct"), true)
			holds("through_argument", bias+address(t, labelled, "jumps"), true)
			holds("through_argument", 0, true)
			switch name {
			case "large", "large -O0":
				target := bias + stubOf(t, path, "target")
				holds("direct", target, false)
				holds("calls_jumper", target, true) // it jumped through the same register
				holds("calls_other", bias+stubOf(t, path, "other"), true)
			case "thunk":
				holds("direct", gate, false)
				holds("calls_other", bias, true)
			}
		})
	}
}
