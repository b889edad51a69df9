package journal

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"
)

// shares is a journal of which one violation was met in two tests.
func shares(some ...Share) *Journal {
	return &Journal{Violations: []Violation{
		{Kind: "gil-not-held", Function: "f", Count: 9, Frames: []uint64{1}, Shares: some},
		{Kind: "gil-not-held", Function: "g", Count: 1, Frames: []uint64{2}},
	}}
}

// Two threads that make the same share at once make it twice.
func TestEqualSharesAreAddedUp(t *testing.T) {
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0) }
	j, err := Parse(shares(Share{"a", "b", 2, at(5), at(6)}, Share{"a", "", 1, at(5), at(5)}, Share{"a", "b", 3, at(4), at(5)}).Bytes())
	if err != nil {
		t.Fatal(err)
	}
	want := []Share{{"a", "b", 5, at(4), at(6)}, {"a", "", 1, at(5), at(5)}}
	if got := j.Violations[0].Shares; !reflect.DeepEqual(got, want) || j.Violations[1].Shares != nil {
		t.Errorf("%+v and %+v, want %+v and none", got, j.Violations[1].Shares, want)
	}
}

// What is wrong with a test or a share leaves it out, and nothing else.
func TestDamagedShares(t *testing.T) {
	good := shares(Share{Test: "a", Count: 1})
	data := good.Bytes()
	j, err := Parse(data)
	if err != nil || len(j.Violations[0].Shares) != 1 {
		t.Fatalf("%+v, %v", j, err)
	}
	test := slices.Index(data, 'a') - sizeofTest
	share := len(data) - sizeofShare
	for name, c := range map[string]struct {
		change func(b []byte)
		damage bool
	}{
		"long name": {func(b []byte) { copy(b[test:], raw(&rawTest{Number: 2, Length: 9})); copy(b[test:], data[test:test+8]) }, true},
		"lost name": {func(b []byte) {
			copy(b[test:], raw(&rawTest{Number: testNone, Length: 1}))
			copy(b[test:], data[test:test+8])
		}, false},
		"no such entry":  {func(b []byte) { copy(b[share+8:], []byte{7}) }, false},
		"short share":    {func(b []byte) { copy(b[share:], raw(&rawEntry{entryShare, 8})) }, true},
		"no calls in it": {func(b []byte) { r := at[rawShare](b, share); r.Count = 0; copy(b[share:], raw(&r)) }, false},
	} {
		b := slices.Clone(data)
		c.change(b)
		j, err := Parse(b)
		if err != nil || len(j.Violations) != 2 || len(j.Violations[0].Shares) != 0 || (j.Damage != "") != c.damage {
			t.Errorf("%s: %v\n%+v", name, errors.Join(err), j)
		}
	}
}
