package program

import "github.com/gilwatch/gilwatch/internal/capi"

// Cookie is what a program is told of the site that it was called from: the COOKIE_ macros
// of bpf/records.h.
type Cookie struct {
	Site   uint32 // number of the site, below MaxSites
	Parity uint32
	Jump   bool
	Length int // of the instruction
	Rule   capi.Rule
}

// MaxSites is how many sites a session can have.
const MaxSites = 1 << 24

var legalNumber = map[capi.Legal]uint64{
	capi.LegalNever: 0, capi.LegalAlways: 1, capi.LegalBeforeInit: 2, capi.LegalAfterSwap: 3,
}

var eventNumber = map[capi.Event]uint64{
	capi.EventNone: 0, capi.EventSave: 1, capi.EventRelease: 2, capi.EventRestore: 3, capi.EventEnsure: 4,
	capi.EventEnsureRelease: 5, capi.EventSwap: 6, capi.EventNewInterpreter: 7, capi.EventEndInterpreter: 8,
	capi.EventDeleteCurrent: 9, capi.EventReleaseLock: 10, capi.EventInitialize: 11, capi.EventFinalize: 12,
}

// Bits is the cookie as the kernel keeps it.
func (c Cookie) Bits() uint64 {
	bits := uint64(c.Site) | uint64(c.Parity&1)<<24 | legalNumber[c.Rule.Legal]<<26 |
		eventNumber[c.Rule.Event]<<32 | uint64(c.Length)<<36
	if c.Jump {
		bits |= 1 << 25
	}
	return bits
}
