package pystack

import "testing"

func TestLines(t *testing.T) {
	type look func([]byte, int64, int) int
	for _, test := range []struct {
		name   string
		look   look
		table  []byte
		offset int64
		want   int
	}{
		{"lnotab before the first", lnotab, []byte{2, 1}, -1, 10},
		{"lnotab first", lnotab, []byte{2, 1, 4, 5}, 1, 10},
		{"lnotab second", lnotab, []byte{2, 1, 4, 5}, 2, 11},
		{"lnotab last", lnotab, []byte{2, 1, 4, 5}, 600, 16},
		{"lnotab back", lnotab, []byte{2, 1, 4, 0xff}, 6, 10},
		{"lnotab more lines than fit", lnotab, []byte{2, 127, 0, 127}, 2, 264},
		{"lnotab odd", lnotab, []byte{2, 1, 4}, 9, 11},
		{"lnotab empty", lnotab, nil, 4, 10},

		{"linetable before the first", lineTable, []byte{2, 1}, -2, 10},
		{"linetable first", lineTable, []byte{2, 1, 4, 5}, 0, 11},
		{"linetable second", lineTable, []byte{2, 1, 4, 5}, 2, 16},
		{"linetable none", lineTable, []byte{2, 1, 4, 0x80, 2, 1}, 4, 0},
		{"linetable after none", lineTable, []byte{2, 1, 4, 0x80, 2, 1}, 6, 12},
		{"linetable past the end", lineTable, []byte{2, 1}, 2, 0},

		{"locations before the first", locationTable, []byte{0x80, 0}, -2, 10},
		{"locations short", locationTable, []byte{0x80 | 3<<3, 0}, 0, 10},
		{"locations one line", locationTable, []byte{0x80 | 11<<3 | 1, 0, 0}, 2, 11},
		{"locations no columns", locationTable, []byte{0x80 | 13<<3, 3}, 0, 9},
		{"locations long", locationTable, []byte{0x80 | 14<<3, 0x40 | 8, 2, 0, 0, 0}, 0, 10 + (8|2<<6)/2},
		{"locations none", locationTable, []byte{0x80 | 15<<3}, 0, 0},
		{"locations after none", locationTable, []byte{0x80 | 15<<3, 0x80 | 12<<3, 0, 0}, 2, 12},
		{"locations past the end", locationTable, []byte{0x80}, 2, 0},
		{"locations cut", locationTable, []byte{0x80 | 14<<3}, 0, 10},
		{"locations endless number", locationTable, []byte{0x80 | 13<<3, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f}, 2, 0},
	} {
		if got := test.look(test.table, test.offset, 10); got != test.want {
			t.Errorf("%s: line %d, want %d", test.name, got, test.want)
		}
	}
}

func TestDecode(t *testing.T) {
	for _, test := range []struct {
		characters string
		kind       int
		want       string
	}{
		{"abc", 1, "abc"},
		{"caf\xe9", 1, "café"},
		{"\x36\x04\xff\xdc", 2, "ж\xff"},
		{"\x00\xd8\x41\x00", 2, "\uFFFDA"},
		{"\x00\x00\x02\x00", 4, "\U00020000"},
		{"\x00\x00\x11\x00\xff\xff\xff\xff", 4, "\uFFFD\uFFFD"},
		{"a\x00b", 2, "a"},
		{"", 4, ""},
	} {
		if got := decode([]byte(test.characters), test.kind); got != test.want {
			t.Errorf("%q of %d bytes: %q, want %q", test.characters, test.kind, got, test.want)
		}
	}
}
