package dwarf

// format is what the size of a value depends on besides its form.
type format struct {
	version    uint8
	addrSize   uint8
	offsetSize uint8 // 4, or 8 in the 64-bit DWARF format
}

// value is an attribute's value. Form 0 means that the attribute is absent.
type value struct {
	form uint16
	// n is the number, address, index or offset; of an inline string the offset
	// where it begins.
	n uint64
}

func (v value) present() bool { return v.form != 0 }

// varies is the size of a form that has none of its own.
const varies = -1

// size returns how many bytes a value takes.
func (f format) size(form uint16) int {
	switch form {
	case formFlagPresent, formImplicitConst:
		return 0
	case formData1, formRef1, formFlag, formStrx1, formAddrx1:
		return 1
	case formData2, formRef2, formStrx2, formAddrx2:
		return 2
	case formStrx3, formAddrx3:
		return 3
	case formData4, formRef4, formRefSup4, formStrx4, formAddrx4:
		return 4
	case formData8, formRef8, formRefSup8, formRefSig8:
		return 8
	case formData16:
		return 16
	case formAddr:
		return int(f.addrSize)
	case formRefAddr:
		if f.version == 2 { // an address until DWARF 3
			return int(f.addrSize)
		}
		return int(f.offsetSize)
	case formStrp, formSecOffset, formLineStrp, formStrpSup, formGNURefAlt, formGNUStrpAlt:
		return int(f.offsetSize)
	}
	return varies
}

// read reads a value. One of an unknown form makes the rest of the unit unreadable.
func (f format) read(c *cursor, form uint16, implicit int64) value {
	if form == formIndirect {
		n := c.uleb()
		if n > 0xffff || n == formIndirect || n == formImplicitConst {
			c.fail(errForm(n))
			return value{}
		}
		form = uint16(n)
	}
	if size := f.size(form); size > 8 {
		c.skip(uint64(size))
		return value{form: form}
	} else if size > 0 {
		return value{form, c.uint(size)}
	}
	v := value{form: form, n: 1}
	switch form {
	case formFlagPresent:
	case formImplicitConst:
		v.n = uint64(implicit)
	case formUdata, formRefUdata, formStrx, formAddrx, formLoclistx, formRnglistx, formGNUAddrIndex, formGNUStrIndex:
		v.n = c.uleb()
	case formSdata:
		v.n = uint64(c.sleb())
	case formString:
		v.n = uint64(c.at())
		c.skipString()
	case formBlock, formExprloc:
		c.skip(c.uleb())
	case formBlock1:
		c.skip(c.uint(1))
	case formBlock2:
		c.skip(c.uint(2))
	case formBlock4:
		c.skip(c.uint(4))
	default:
		c.fail(errForm(form))
	}
	return v
}

// number returns a constant; 0 when the value is none.
func (v value) number() int {
	switch v.form {
	case formData1, formData2, formData4, formData8, formUdata, formSdata, formImplicitConst:
		if v.n < 1<<31 {
			return int(v.n)
		}
	}
	return 0
}
