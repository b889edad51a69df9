package process

import (
	"strings"
	"testing"
)

const someMaps = `55d0c0e00000-55d0c0e01000 r--p 00000000 fe:00 1234                       /usr/bin/python3.12
55d0c0e01000-55d0c0e02000 r-xp 00001000 fe:00 1234                       /usr/bin/python3.12
55d0c1000000-55d0c1200000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000001000 r--p 00000000 fe:00 99                         /tmp/a b/calls.so (deleted)
7f0000001000-7f0000002000 r-xp 00001000 fe:00 99                         /tmp/a b/calls.so (deleted)
7f0000100000-7f0000101000 r--p 00000000 fe:00 77                         /usr/lib/locale/C.utf8
7f0000200000-7f0000201000 rw-p 00000000 00:00 0
7f0000300000-7f0000302000 r-xp 00000000 00:00 0                          [vdso]
`

func TestObjects(t *testing.T) {
	maps, err := parseMaps(strings.NewReader(someMaps + "nonsense\n1-2 r-xp zz fe:00 5 /x\n"))
	if err != nil {
		t.Fatal(err)
	}
	objects := Objects(maps)
	if len(objects) != 2 {
		t.Fatalf("%d objects, want the two with code and a file: %+v", len(objects), objects)
	}
	exe, module := objects[0], objects[1]
	if exe.Path != "/usr/bin/python3.12" || exe.Start != 0x55d0c0e00000 || exe.End != 0x55d0c0e02000 || exe.Deleted {
		t.Errorf("%+v", exe)
	}
	if module.Path != "/tmp/a b/calls.so" || !module.Deleted || module.Identity.Inode != 99 || module.code.Offset != 0x1000 {
		t.Errorf("%+v", module)
	}
}

// A file that was loaded twice is two objects.
func TestLoadedTwice(t *testing.T) {
	const twice = `7f0000000000-7f0000001000 r--p 00000000 fe:00 99 /x.so
7f0000001000-7f0000002000 r-xp 00001000 fe:00 99 /x.so
7f0000100000-7f0000101000 r--p 00000000 fe:00 99 /x.so
7f0000101000-7f0000102000 r-xp 00001000 fe:00 99 /x.so
`
	maps, _ := parseMaps(strings.NewReader(twice))
	if objects := Objects(maps); len(objects) != 2 || objects[1].Start != 0x7f0000100000 {
		t.Errorf("%+v", objects)
	}
}
