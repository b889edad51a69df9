package capi

import "testing"

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]Version{
		"3.12":      {3, 12, false},
		"3.12.1":    {3, 12, false},
		"3.8.18":    {3, 8, false},
		"3.13t":     {3, 13, true},
		"3.13.5t":   {3, 13, true},
		"3.15.0rc2": {3, 15, false},
		"3.15.0a1+": {3, 15, false},
		"3.14.0b3t": {3, 14, true},
		"4.0":       {4, 0, false},
	} {
		got, err := ParseVersion(text)
		if err != nil || got != want {
			t.Errorf("ParseVersion(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "3", "3.", "3.x", "python3.12", "3.12.1.2", "3.12 ", "3.1234", "v3.12", "3.12tt"} {
		if got, err := ParseVersion(text); err == nil {
			t.Errorf("ParseVersion(%q) = %v, want an error", text, got)
		}
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, seed := range []string{"3.12.1", "3.13t", "3.15.0rc2+", "3.99999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseVersion(text)
		if err != nil {
			return
		}
		if back, err := ParseVersion(v.String()); err != nil || back != v {
			t.Errorf("ParseVersion(%q) = %v, which reads back as %v, %v", text, v, back, err)
		}
	})
}
