package program

import (
	"testing"

	"github.com/gilwatch/gilwatch/internal/capi"
)

// The bits are where the macros of records.h look.
func TestCookie(t *testing.T) {
	c := Cookie{Site: 0x123456, Parity: 1, Jump: true, Length: 6, Rule: capi.Rule{Legal: capi.LegalAfterSwap, Event: capi.EventFinalize}}
	if got, want := c.Bits(), uint64(0x123456|1<<24|1<<25|3<<26|12<<32|6<<36); got != want {
		t.Errorf("%#x, want %#x", got, want)
	}
	if got := (Cookie{}).Bits(); got != 0 {
		t.Errorf("a call of a watched function: %#x, want 0", got)
	}
}
