package ehframe

import (
	"encoding/binary"
	"errors"
	"testing"
)

// words is memory that begins at an address.
type words struct {
	at   uint64
	data []uint64
}

func (w words) Word(address uint64) (uint64, error) {
	i := (address - w.at) / 8
	if address < w.at || i >= uint64(len(w.data)) {
		return 0, errors.New("no such memory")
	}
	return w.data[i], nil
}

// made is a table of one function at 0x1000, with push %rbx and sub $16,%rsp at its
// beginning, as compilers describe them.
func made() []byte {
	cie := []byte{0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 16, 1, formatU64,
		0x0c, 7, 8, // def_cfa rsp+8
		0x90, 1, // rip at cfa-8
		0, 0, 0}
	fde := binary.LittleEndian.AppendUint32(nil, uint32(len(cie)+8))
	fde = binary.LittleEndian.AppendUint64(fde, 0x1000)
	fde = binary.LittleEndian.AppendUint64(fde, 0x100)
	fde = append(fde, 0,
		0x41, 0x0e, 16, 0x83, 2, // behind the push: cfa is rsp+16, rbx at cfa-16
		0x44, 0x0e, 32) // behind the sub: cfa is rsp+32
	table := binary.LittleEndian.AppendUint32(nil, uint32(len(cie)))
	table = append(table, cie...)
	table = binary.LittleEndian.AppendUint32(table, uint32(len(fde)))
	return append(table, fde...)
}

func TestUnwind(t *testing.T) {
	table, err := Parse(made(), 0)
	if err != nil || len(table.functions) != 1 {
		t.Fatalf("%v, %d functions", err, len(table.functions))
	}
	const bias = 0x700000
	lookup := func(pc uint64) (*Function, uint64, bool) {
		f, ok := table.Find(pc - bias)
		return f, bias, ok
	}
	for _, c := range []struct {
		pc, sp uint64 // in the function
		stack  []uint64
	}{
		{0x1000, 0x8018, []uint64{0xbad, 0xbad, 0xbad, 0x9999}},
		{0x1001, 0x8010, []uint64{0xbad, 0xbad, 0xbb, 0x9999}},
		{0x1080, 0x8000, []uint64{0xbad, 0xbad, 0xbb, 0x9999}},
	} {
		f := Frame{}
		f.Registers[PC], f.Registers[SP], f.Registers[3] = c.pc+bias, c.sp, 0x33
		var callers []Frame
		err := Unwind(f, lookup, words{0x8000, c.stack}, func(caller Frame) bool {
			callers = append(callers, caller)
			return true
		})
		if err != nil || len(callers) != 1 {
			t.Fatalf("at %#x: %v, %d callers", c.pc, err, len(callers))
		}
		rbx := uint64(0xbb)
		if c.pc == 0x1000 {
			rbx = 0x33
		}
		got := callers[0].Registers
		if got[PC] != 0x9999 || got[SP] != 0x8020 || got[3] != rbx {
			t.Errorf("at %#x: pc %#x, sp %#x, rbx %#x", c.pc, got[PC], got[SP], got[3])
		}
	}
}

// The frame of shim/acquire_amd64.S: the caller's registers stand in a record that rbx has,
// its stack pointer is that of the frame itself, and the CFA is neither.
func TestAcquiredFrame(t *testing.T) {
	program := []byte{
		0x0f, 5, 0x73, 16, 0x06, 0x38, 0x22, // cfa is *(rbx+16)+8
		0x16, 7, 3, 0x73, 16, 0x06, // rsp is *(rbx+16)
		0x10, 3, 2, 0x73, 0, // rbx at rbx
		0x10, 16, 2, 0x73, 8, // rip at rbx+8
	}
	for name, returns := range map[string]uint64{"called by another": 0x9999, "by one like itself, for ever": 0x1001} {
		table, err := Parse(made(), 0)
		if err != nil {
			t.Fatal(err)
		}
		table.functions[0].program = program
		f := Frame{Returned: true}
		f.Registers[PC], f.Registers[SP], f.Registers[3] = 0x1001, 0x8100, 0x8000
		record := words{0x8000, []uint64{0x8000, returns, 0x8100}}
		var callers []Frame
		err = Unwind(f, func(pc uint64) (*Function, uint64, bool) {
			function, ok := table.Find(pc)
			return function, 0, ok
		}, record, func(caller Frame) bool {
			callers = append(callers, caller)
			return true
		})
		if err != nil || len(callers) != 1 {
			t.Fatalf("%s: %v, %d callers, want 1", name, err, len(callers))
		}
		if got := callers[0].Registers; got[PC] != returns || got[SP] != 0x8100 || got[3] != 0x8000 {
			t.Errorf("%s: pc %#x, sp %#x, rbx %#x", name, got[PC], got[SP], got[3])
		}
	}
}

// The expression that linkers put on PLT stubs: rsp+8, and 8 more behind the push.
func TestStubExpression(t *testing.T) {
	code := []byte{0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22}
	for pc, want := range map[uint64]uint64{0x1020: 0x5008, 0x1026: 0x5008, 0x102b: 0x5010} {
		var regs [Registers]uint64
		regs[PC], regs[SP] = pc, 0x5000
		if got, err := evaluate(code, &regs, words{}); err != nil || got != want {
			t.Errorf("at %#x: %#x, %v, want %#x", pc, got, err, want)
		}
	}
}

// Whatever bytes a table has, reading and using it ends.
func FuzzParse(f *testing.F) {
	f.Add(made(), uint64(0x1001))
	f.Fuzz(func(t *testing.T, data []byte, pc uint64) {
		table, _ := Parse(data, 0)
		lookup := func(pc uint64) (*Function, uint64, bool) {
			function, ok := table.Find(pc)
			return function, 0, ok
		}
		frame := Frame{}
		frame.Registers[PC], frame.Registers[SP] = pc, 0x8000
		n := 0
		_ = Unwind(frame, lookup, words{0x8000, make([]uint64, 64)}, func(Frame) bool {
			n++
			return n < 1000
		})
		if function, ok := table.Find(pc); ok {
			function.Caller(pc, 0x8000, 0x8010, func(uint64) (uint64, bool) { return pc, true })
		}
	})
}
