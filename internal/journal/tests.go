package journal

import (
	"math"
	"slices"
	"time"
)

// Share is what of a violation's calls were made while one test ran, by threads that were
// made in one test.
type Share struct {
	Test        string // as pytest names the test that ran, with its phase; "" none
	Born        string // the test that the threads were made in; "" none, or not known
	Count       uint64
	First, Last time.Time // to the tick of the kernel's coarse clock
}

// rawShares are names of tests, and violations' shares by their offset, as they stand in the
// journal.
type rawShares struct {
	names  map[uint32]string
	shares map[uint64][]placedShare
}

// placedShare is a share and its own offset.
type placedShare struct {
	offset int
	rawShare
}

// add adds a share in the order of offsets, in the place of the one that was read there
// before.
func (r *rawShares) add(s placedShare) {
	if r.shares == nil {
		r.shares = map[uint64][]placedShare{}
	}
	of := r.shares[s.Violation]
	i := len(of)
	for i > 0 && of[i-1].offset >= s.offset {
		i--
	}
	if i < len(of) && of[i].offset == s.offset {
		of[i] = s
		return
	}
	r.shares[s.Violation] = slices.Insert(of, i, s)
}

func (j *Journal) test(b []byte, offset int) {
	if len(b) < sizeofTest {
		j.damaged(offset, "a test is too short")
		return
	}
	r := at[rawTest](b, 0)
	if int64(r.Length) > int64(len(b)-sizeofTest) {
		j.damaged(offset, "a test's name is longer than its entry")
		return
	}
	if r.Number <= testNone {
		return // its name was lost while it was written
	}
	if j.raw.names == nil {
		j.raw.names = map[uint32]string{}
	}
	j.raw.names[r.Number] = cString(b[sizeofTest : sizeofTest+int(r.Length)])
}

func (j *Journal) share(b []byte, offset int) {
	if len(b) < sizeofShare {
		j.damaged(offset, "a test's share of a violation is too short")
		return
	}
	j.raw.add(placedShare{offset, at[rawShare](b, 0)})
}

// distribute gives the violations their shares, the equal ones of each added up, and counts
// them in.
func (j *Journal) distribute() {
	for i := range j.Violations {
		v := &j.Violations[i]
		v.Shares = nil
		known := map[[2]string]int{}
		for _, r := range j.raw.shares[v.Offset] {
			s := Share{j.raw.names[r.Test], j.raw.names[r.Born], r.Count, nanoseconds(r.First), nanoseconds(r.Last)}
			if s.Last.Before(s.First) { // as of a violation
				s.Last = s.First
			}
			v.Count += min(s.Count, math.MaxUint64-v.Count)
			if s.Last.After(v.Last) {
				v.Last = s.Last
			}
			if s.Count == 0 || s.Test == "" && s.Born == "" {
				continue
			}
			at, seen := known[[2]string{s.Test, s.Born}]
			if seen {
				v.Shares[at].add(s)
				continue
			}
			known[[2]string{s.Test, s.Born}] = len(v.Shares)
			v.Shares = append(v.Shares, s)
		}
		v.Count = max(v.Count, 1) // its share may be damaged, but it happened
	}
	j.raw = rawShares{}
}

func (s *Share) add(other Share) {
	s.Count += min(other.Count, math.MaxUint64-s.Count)
	if other.First.Before(s.First) {
		s.First = other.First
	}
	if other.Last.After(s.Last) {
		s.Last = other.Last
	}
}

// appendShares appends the shares of the journal's violations, and the names in them.
func (j *Journal) appendShares(data []byte) []byte {
	numbers := map[string]uint32{"": testNone}
	number := func(test string) uint32 {
		if n, known := numbers[test]; known {
			return n
		}
		n := testNone + uint32(len(numbers))
		numbers[test] = n
		data = appendEntry(data, entryTest, raw(&rawTest{Number: n, Length: uint32(len(test))}), []byte(test))
		return n
	}
	for _, v := range j.Violations {
		for _, s := range v.Shares {
			r := rawShare{
				Violation: v.Offset, Count: s.Count, First: stamp(s.First), Last: stamp(s.Last),
				Test: number(s.Test), Born: number(s.Born),
			}
			data = appendEntry(data, entryShare, raw(&r))
		}
	}
	return data
}
