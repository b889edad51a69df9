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

// What a process without an interpreter wrote of its children is read up to the first
// damage, and no entry is made of fewer bytes than one has.
func FuzzParseChildren(f *testing.F) {
	entries := func(children ...Child) (data []byte) {
		for i := range children {
			data = children[i].append(data)
		}
		return data
	}
	children := entries(Child{Pid: 7, Ppid: 6, Path: "/bin/su", Reason: "setuid"}, Child{Pid: 8, Path: "/bin/busybox"})
	f.Add(children)
	f.Add(children[:len(children)-8])
	f.Add(append([]byte("entries"), children...))
	f.Fuzz(func(t *testing.T, data []byte) {
		found, damage := parseChildren(data)
		if len(found) > len(data)/sizeofEntry {
			t.Fatalf("%d children in %d bytes", len(found), len(data))
		}
		again, stillDamage := parseChildren(entries(found...))
		if stillDamage != "" || !reflect.DeepEqual(again, found) {
			t.Fatalf("read %+v (%s)\nagain %+v (%s)", found, damage, again, stillDamage)
		}
		// Whole entries in front are read, whatever stands behind them.
		behind, _ := parseChildren(append(entries(found...), data...))
		if len(behind) < len(found) || !reflect.DeepEqual(behind[:len(found)], found) && len(found) > 0 {
			t.Fatalf("read %+v, before more of them %+v", found, behind)
		}
	})
}
