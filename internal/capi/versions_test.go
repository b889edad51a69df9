package capi

import "testing"

func TestParseVersions(t *testing.T) {
	for text, want := range map[string]Versions{
		"3.8":            0b00000001,
		"3.15":           0b10000000,
		"3.8-3.15":       0b11111111,
		"3.8,3.11-3.12":  0b00011001,
		"3.8-3.9,3.15":   0b10000011,
		"3.10-3.12,3.14": 0b01011100,
	} {
		got, err := ParseVersions(text)
		if err != nil || got != want {
			t.Errorf("ParseVersions(%q) = %#b, %v; want %#b", text, got, err, want)
		}
	}
}

func TestParseVersionsRejects(t *testing.T) {
	for _, text := range []string{
		"", ",", "3.8,", "3", "3.", "3.x", "4.8", "3.7", "3.16", "3.08", "3.+8", "3.-8", "3.8-", "-3.8",
		"3.15-3.8", "3.9,3.8", "3.8,3.8", "3.8-3.8", "3.8,3.9", "3.8-3.10,3.10", "3.8-3.9-3.10", " 3.8",
		"3.8-3.15 (exported 3.8-3.15)", "3.99999999999999999999",
	} {
		if got, err := ParseVersions(text); err == nil {
			t.Errorf("ParseVersions(%q) = %s, want an error", text, got)
		}
	}
}

// Whatever is accepted must be written in its one canonical way and read back the same.
func FuzzParseVersions(f *testing.F) {
	for _, seed := range []string{"3.8-3.15", "3.8,3.11-3.12", "3.15-3.8", "3.8,", "3.8-3.4294967304", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, err := ParseVersions(text)
		if err != nil {
			return
		}
		if set == 0 || set&^AllVersions != 0 {
			t.Errorf("ParseVersions(%q) = %#b, outside the table", text, set)
		}
		if set.String() != text {
			t.Errorf("ParseVersions(%q) is written %q", text, set.String())
		}
	})
}

func TestVersionsWords(t *testing.T) {
	for text, want := range map[string]string{
		"3.8-3.15":       "every version",
		"3.12-3.15":      "3.12 and later",
		"3.15":           "3.15 and later",
		"3.8":            "3.8",
		"3.8,3.13-3.15":  "3.8, 3.13 and later",
		"3.8-3.9,3.11":   "3.8 to 3.9, 3.11",
		"3.8,3.11-3.12":  "3.8, 3.11 to 3.12",
		"3.10-3.12,3.14": "3.10 to 3.12, 3.14",
	} {
		set, err := ParseVersions(text)
		if err != nil || set.Words() != want {
			t.Errorf("Words of %q = %q, %v; want %q", text, set.Words(), err, want)
		}
	}
}

func TestVersionsContain(t *testing.T) {
	set, err := ParseVersions("3.8-3.9,3.15")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []Version{{3, 8, false}, {3, 9, true}, {3, 15, false}, {3, 16, false}, {3, 99, false}, {4, 0, false}, {3, 7, false}} {
		if !set.Contains(v) {
			t.Errorf("%s does not contain %s", set, v)
		}
	}
	for _, v := range []Version{{3, 10, false}, {3, 14, true}} {
		if set.Contains(v) {
			t.Errorf("%s contains %s", set, v)
		}
	}
}
