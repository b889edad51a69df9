package journal

import (
	"reflect"
	"testing"
)

// Parse neither panics nor takes more than the bytes can hold, and what it read it reads
// again from what Bytes makes of it.
func FuzzParse(f *testing.F) {
	f.Add(sample().Bytes())
	f.Add(new(Journal).Bytes())
	f.Add(sample().Bytes()[:entriesOffset+100])
	f.Add([]byte("journal"))
	f.Fuzz(func(t *testing.T, data []byte) {
		j, err := Parse(data)
		if err != nil {
			return
		}
		entries := (len(data) - entriesOffset) / sizeofEntry
		if n := len(j.Modules) + len(j.Violations) + len(j.Children); n > entries {
			t.Fatalf("%d entries in %d bytes", n, len(data))
		}
		for i := range j.Violations {
			v := &j.Violations[i]
			if len(v.Frames) > framesMax || v.Last.Before(v.First) {
				t.Fatalf("violation %+v", v)
			}
			j.ModuleAt(v.Released, v.Offset)
		}
		j.FatalEntry()
		again, err := Parse(j.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Modules) != len(j.Modules) || len(again.Violations) != len(j.Violations) ||
			!reflect.DeepEqual(again.Children, j.Children) || again.Damage != "" {
			t.Fatalf("read %+v\nagain %+v", j, again)
		}
	})
}

func FuzzParseNote(f *testing.F) {
	f.Add(note(nil))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := ParseNote(data)
		if err != nil {
			return
		}
		if again, err := ParseNote(n.Bytes()); err != nil || again != n {
			t.Fatalf("%+v, again %+v, %v", n, again, err)
		}
	})
}
