package x86

// What follows an opcode.
const (
	modRM   uint16 = 1 << iota
	imm8           // one byte
	imm16          // two
	immZ           // four, or two by the prefix 66
	immV           // the same, or eight by REX.W
	offs           // an address of eight bytes, or four by the prefix 67
	rel32          // a branch's displacement
	group3         // F6, F7
	invalid        // in 64-bit mode, or not known here
)

// shapes makes a table of 256 from ranges: first, last, shape.
func shapes(ranges ...[3]uint16) (table [256]uint16) {
	for _, r := range ranges {
		for op := r[0]; op <= r[1]; op++ {
			table[op] = r[2]
		}
	}
	return table
}

// oneByte is the map of one-byte opcodes (table A-2). Later ranges overwrite earlier ones.
var oneByte = func() [256]uint16 {
	table := shapes(
		// Prefixes: one that stands behind a REX prefix makes that one void.
		[3]uint16{0x40, 0x4f, invalid}, [3]uint16{0x64, 0x67, invalid}, [3]uint16{0xf0, 0xf0, invalid},
		[3]uint16{0xf2, 0xf3, invalid},
		[3]uint16{0x60, 0x62, invalid}, [3]uint16{0x63, 0x63, modRM},
		[3]uint16{0x68, 0x68, immZ}, [3]uint16{0x69, 0x69, modRM | immZ},
		[3]uint16{0x6a, 0x6a, imm8}, [3]uint16{0x6b, 0x6b, modRM | imm8},
		[3]uint16{0x70, 0x7f, imm8},
		[3]uint16{0x80, 0x80, modRM | imm8}, [3]uint16{0x81, 0x81, modRM | immZ},
		[3]uint16{0x82, 0x82, invalid}, [3]uint16{0x83, 0x83, modRM | imm8},
		[3]uint16{0x84, 0x8e, modRM}, [3]uint16{0x8f, 0x8f, modRM},
		[3]uint16{0x9a, 0x9a, invalid}, [3]uint16{0xa0, 0xa3, offs},
		[3]uint16{0xa8, 0xa8, imm8}, [3]uint16{0xa9, 0xa9, immZ},
		[3]uint16{0xb0, 0xb7, imm8}, [3]uint16{0xb8, 0xbf, immV},
		[3]uint16{0xc0, 0xc1, modRM | imm8}, [3]uint16{0xc2, 0xc2, imm16},
		[3]uint16{0xc6, 0xc6, modRM | imm8}, [3]uint16{0xc7, 0xc7, modRM | immZ},
		[3]uint16{0xc8, 0xc8, imm16 | imm8}, [3]uint16{0xca, 0xca, imm16},
		[3]uint16{0xcd, 0xcd, imm8}, [3]uint16{0xce, 0xce, invalid},
		[3]uint16{0xd0, 0xd3, modRM}, [3]uint16{0xd4, 0xd6, invalid}, [3]uint16{0xd8, 0xdf, modRM},
		[3]uint16{0xe0, 0xe7, imm8}, [3]uint16{0xe8, 0xe9, rel32},
		[3]uint16{0xea, 0xea, invalid}, [3]uint16{0xeb, 0xeb, imm8},
		[3]uint16{0xf6, 0xf7, modRM | group3}, [3]uint16{0xfe, 0xff, modRM},
	)
	for op := 0; op < 0x40; op += 8 { // add, or, adc, sbb, and, sub, xor, cmp
		for i, shape := range []uint16{modRM, modRM, modRM, modRM, imm8, immZ, invalid, invalid} {
			table[op+i] = shape
		}
	}
	return table
}()

// twoByte is the map of opcodes behind 0F (table A-3).
var twoByte = shapes(
	[3]uint16{0x00, 0x03, modRM}, [3]uint16{0x04, 0x04, invalid}, [3]uint16{0x0a, 0x0a, invalid},
	[3]uint16{0x0c, 0x0c, invalid}, [3]uint16{0x0d, 0x0d, modRM}, [3]uint16{0x0f, 0x0f, modRM | imm8},
	[3]uint16{0x10, 0x23, modRM}, [3]uint16{0x24, 0x27, invalid}, [3]uint16{0x28, 0x2f, modRM},
	[3]uint16{0x36, 0x36, invalid}, [3]uint16{0x38, 0x3f, invalid},
	[3]uint16{0x40, 0x6f, modRM}, [3]uint16{0x70, 0x73, modRM | imm8}, [3]uint16{0x74, 0x76, modRM},
	[3]uint16{0x78, 0x79, modRM}, [3]uint16{0x7a, 0x7b, invalid}, [3]uint16{0x7c, 0x7f, modRM},
	[3]uint16{0x80, 0x8f, rel32}, [3]uint16{0x90, 0x9f, modRM},
	[3]uint16{0xa3, 0xa3, modRM}, [3]uint16{0xa4, 0xa4, modRM | imm8}, [3]uint16{0xa5, 0xa5, modRM},
	[3]uint16{0xa6, 0xa7, invalid}, [3]uint16{0xab, 0xab, modRM}, [3]uint16{0xac, 0xac, modRM | imm8},
	[3]uint16{0xad, 0xb9, modRM}, [3]uint16{0xba, 0xba, modRM | imm8}, [3]uint16{0xbb, 0xc1, modRM},
	[3]uint16{0xc2, 0xc2, modRM | imm8}, [3]uint16{0xc3, 0xc3, modRM}, [3]uint16{0xc4, 0xc6, modRM | imm8},
	[3]uint16{0xc7, 0xc7, modRM}, [3]uint16{0xd0, 0xff, modRM},
)
