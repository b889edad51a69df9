package symbols

import (
	"path/filepath"
	"slices"
	"testing"
)

// TestRustNames resolves functions of a real Rust library in both manglings.
func TestRustNames(t *testing.T) {
	for mangling, want := range map[string][]string{
		"v0":     {"names::total::<names::Square>", "<names::Square as names::Area>::area", "entry"},
		"legacy": {"names::total", "<names::Square as names::Area>::area", "entry"},
	} {
		t.Run(mangling, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "libnames.so")
			args := []string{"--crate-type=cdylib", "--edition=2021", "-O", "-Csymbol-mangling-version=" + mangling}
			if mangling == "legacy" {
				args = append(args, "-Zunstable-options")
			}
			t.Setenv("RUSTC_BOOTSTRAP", "1") // legacy has become an unstable choice
			output(t, "rustc", append(args, "-o", path, "testdata/names.rs")...)
			r := NewResolver()
			defer r.Close()
			var got []string
			for _, s := range nmFunctions(t, path) {
				got = append(got, r.Resolve(Module{Path: path}, s.addr, false)[0].Function)
			}
			for _, name := range want {
				if !slices.Contains(got, name) {
					t.Errorf("no function %s among %d", name, len(got))
				}
			}
		})
	}
}
