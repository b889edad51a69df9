package ehframe

// Memory is where a stack's words are read.
type Memory interface {
	// Word returns the eight bytes at an address, in the host's order.
	Word(address uint64) (uint64, error)
}

// Frame is the registers of a function that is being run, numbered as DWARF does.
type Frame struct {
	Registers [Registers]uint64
	// Returned says that PC is a return address: the function is the one that covers the
	// byte before it.
	Returned bool
}

// Lookup returns the entry that covers an address of the process, and the bias of the file
// that it stands in.
type Lookup func(address uint64) (f *Function, bias uint64, ok bool)

// Unwind calls yield for the caller of f, its caller, and so on, until there is none that is
// known, or yield returns false. A frame whose function has no entry is the last.
func Unwind(f Frame, lookup Lookup, memory Memory, yield func(Frame) bool) error {
	for still := false; ; {
		at := f.Registers[PC]
		if f.Returned {
			at--
		}
		function, bias, ok := lookup(at)
		if !ok {
			return nil
		}
		rules, err := function.rulesAt(at - bias)
		if err != nil {
			return err
		}
		caller, more, err := step(&f, &rules, memory)
		if err != nil || !more {
			return err
		}
		// A stack grows down. One that does not would be walked for ever. A frame may take no
		// room if its entry says so, as the shim's of an acquired call: one, not two in a row.
		empty := caller.Registers[SP] == f.Registers[SP] && rules.of[SP].kind != same && !still
		if caller.Registers[SP] <= f.Registers[SP] && !function.cie.signal && !empty {
			return nil
		}
		still = empty
		caller.Returned = !function.cie.signal
		if !yield(caller) {
			return nil
		}
		f = caller
	}
}

// Caller is where a function returns to.
type Caller struct{ PC, SP, BP uint64 }

// Caller steps out of a function that is at a virtual address of its file, knowing SP and RBP
// alone and those words of the stack that word has. Without the return address's it is false,
// with SP, where the caller goes on, if that could be told; else with none.
func (f *Function) Caller(addr, sp, rbp uint64, word func(address uint64) (uint64, bool)) (c Caller, ok bool) {
	r, err := f.rulesAt(addr)
	if err != nil || r.cfaExpr != nil {
		return c, false
	}
	switch r.cfaRegister {
	case SP:
		c.SP = sp + uint64(r.cfaOffset)
	case RBP:
		c.SP = rbp + uint64(r.cfaOffset)
	default:
		return c, false
	}
	saved := func(register int) (uint64, bool) {
		if r.of[register].kind != offset {
			return 0, false
		}
		return word(c.SP + uint64(r.of[register].n))
	}
	c.BP = rbp
	if r.of[RBP].kind != same {
		c.BP, _ = saved(RBP) // 0 is no frame's, should it be needed
	}
	c.PC, ok = saved(PC)
	return c, ok
}

// step gives the caller's registers; more is false for the outermost frame.
func step(f *Frame, r *rules, memory Memory) (caller Frame, more bool, err error) {
	var cfa uint64
	switch {
	case r.cfaExpr != nil:
		if cfa, err = evaluate(r.cfaExpr, &f.Registers, memory); err != nil {
			return caller, false, err
		}
	case r.cfaRegister < Registers:
		cfa = f.Registers[r.cfaRegister] + uint64(r.cfaOffset)
	default:
		return caller, false, errProgram
	}
	caller.Registers = f.Registers
	caller.Registers[SP] = cfa
	for i := range r.of {
		value, err := r.of[i].value(i, cfa, f, memory)
		if err != nil {
			return caller, false, err
		}
		if i != SP || r.of[i].kind != same {
			caller.Registers[i] = value
		}
	}
	pc := caller.Registers[PC]
	return caller, r.of[PC].kind != undefined && r.of[PC].kind != same && pc != 0, nil
}

func (r *rule) value(i int, cfa uint64, f *Frame, memory Memory) (uint64, error) {
	switch r.kind {
	case offset:
		return memory.Word(cfa + uint64(r.n))
	case valOffset:
		return cfa + uint64(r.n), nil
	case register:
		if r.n < 0 || r.n >= Registers {
			return 0, errProgram
		}
		return f.Registers[r.n], nil
	case expr:
		at, err := evaluate(r.expr, &f.Registers, memory, cfa)
		if err != nil {
			return 0, err
		}
		return memory.Word(at)
	case valExpr:
		return evaluate(r.expr, &f.Registers, memory, cfa)
	case undefined:
		return 0, nil
	}
	return f.Registers[i], nil
}
