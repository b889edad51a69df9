package symbols

import (
	"io"
	"sort"

	"github.com/gilwatch/gilwatch/internal/symbols/dwarf"
)

// joined are sections that are read as one, in the order of the file.
type joined []joinedPart

type joinedPart struct {
	dwarf.Section
	at int64 // where it begins
}

func (j joined) size() int64 {
	if len(j) == 0 {
		return 0
	}
	last := j[len(j)-1]
	return last.at + last.Size
}

// add appends a section, unless all would be larger than one may be.
func (j *joined) add(s dwarf.Section) bool {
	at := j.size()
	if len(*j) > 0 && s.Size > maxInflated-at {
		return false
	}
	*j = append(*j, joinedPart{s, at})
	return true
}

// ReadAt reads on from one section into the next.
func (j joined) ReadAt(p []byte, at int64) (n int, err error) {
	i := sort.Search(len(j), func(i int) bool { return j[i].at+j[i].Size > at })
	for ; i < len(j) && n < len(p); i++ {
		from := at + int64(n) - j[i].at
		want := min(int64(len(p)-n), j[i].Size-from)
		read, err := j[i].ReadAt(p[n:n+int(want)], from)
		n += read
		if int64(read) < want {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
