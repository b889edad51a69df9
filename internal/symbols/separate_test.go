package symbols

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// splitModule compiles a module and moves its debug information to a file of its own.
func splitModule(t *testing.T, flags ...string) (module, debug, id string, ret uint64) {
	t.Helper()
	whole := compile(t, "c++", "inlined.cc", append([]string{"-O2", "-g"}, flags...)...)
	ret = onlyReturn(t, whole, "entry")
	dir := t.TempDir()
	module, debug = filepath.Join(dir, "module.so"), filepath.Join(dir, "module.so.debug")
	output(t, "objcopy", "--only-keep-debug", whole, debug)
	output(t, "objcopy", "--strip-all", "--add-gnu-debuglink="+debug, whole, module)
	file, parsed, err := OpenELF(module)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if id = BuildID(parsed); id == "" {
		t.Fatal("no build id")
	}
	return module, debug, id, ret
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// resolverAt returns a resolver that looks for debug files in a folder.
func resolverAt(folder string) *Resolver {
	r := NewResolver()
	r.files = debugFiles{folders: []string{folder}}
	return r
}

// TestSeparateDebugFiles finds the debug file at every place where GDB looks.
func TestSeparateDebugFiles(t *testing.T) {
	for name, place := range map[string]func(module, debug, id, global string) string{
		"beside": func(_, debug, _, _ string) string { return debug },
		".debug": func(module, debug, _, _ string) string {
			return filepath.Join(filepath.Dir(module), ".debug", filepath.Base(debug))
		},
		"global": func(module, debug, _, global string) string {
			return filepath.Join(global, filepath.Dir(module), filepath.Base(debug))
		},
		"build id": func(_, _, id, global string) string {
			return filepath.Join(global, ".build-id", id[:2], id[2:]+".debug")
		},
	} {
		for _, flags := range []string{"-gdwarf-5", "-gdwarf-4 -gz=zlib"} {
			t.Run(name+" "+flags, func(t *testing.T) {
				module, debug, id, ret := splitModule(t, strings.Fields(flags)...)
				global := t.TempDir()
				if to := place(module, debug, id, global); to != debug {
					move(t, debug, to)
				}
				r := resolverAt(global)
				defer r.Close()
				checkMarks(t, r, module, ret, "inlined.cc", inlinedFrames)
			})
		}
	}
}

// TestWrongDebugFile: a debug file of another build is not used, and the frame says so.
func TestWrongDebugFile(t *testing.T) {
	module, debug, id, ret := splitModule(t)
	_, other, _, _ := splitModule(t, "-DOTHER", "-O1")
	global := t.TempDir()
	move(t, debug, filepath.Join(global, "aside"))
	move(t, other, debug)
	r := resolverAt(global)
	defer r.Close()
	f := r.Resolve(Module{Path: module}, ret, true)[0]
	if f.File != "" || f.Function != "entry" || !strings.Contains(f.Debug, "CRC") {
		t.Errorf("by link: %+v", f)
	}
	move(t, debug, filepath.Join(global, ".build-id", id[:2], id[2:]+".debug"))
	r.Close()
	f = r.Resolve(Module{Path: module}, ret, true)[0]
	if f.File != "" || !strings.Contains(f.Debug, "build id is") {
		t.Errorf("by build id: %+v", f)
	}
}

// TestZstd: sections compressed with zstd, which not every linker can write.
func TestZstd(t *testing.T) {
	whole := compile(t, "c++", "inlined.cc", "-O2", "-g")
	path := filepath.Join(t.TempDir(), "zstd.so")
	compressSections(t, whole, path)
	r := NewResolver()
	defer r.Close()
	checkMarks(t, r, path, onlyReturn(t, whole, "entry"), "inlined.cc", inlinedFrames)
}

// TestSupplementary: dwz moves what several files share to another one.
func TestSupplementary(t *testing.T) {
	module, debug, id, ret := splitModule(t)
	other := filepath.Join(filepath.Dir(debug), "other.debug")
	if err := os.WriteFile(other, readFixture(t, debug), 0o600); err != nil {
		t.Fatal(err)
	}
	global := t.TempDir()
	shared := filepath.Join(global, "shared.debug")
	output(t, "dwz", "-m", shared, debug, other)
	if _, err := os.Stat(shared); err != nil {
		t.Skip("dwz found nothing to share")
	}
	move(t, debug, filepath.Join(global, ".build-id", id[:2], id[2:]+".debug"))
	r := resolverAt(global)
	defer r.Close()
	checkMarks(t, r, module, ret, "inlined.cc", inlinedFrames)
	r.Close()
	move(t, shared, shared+".gone")
	frames := r.Resolve(Module{Path: module}, ret, true)
	if len(frames) != len(inlinedFrames) || frames[0].Line == 0 || !strings.Contains(frames[0].Debug, "no such file") {
		t.Errorf("without the shared file: %+v", frames)
	}
}

// TestMiniDebugInfo: a stripped module with .gnu_debugdata has the names of its local
// functions.
func TestMiniDebugInfo(t *testing.T) {
	whole := compile(t, "c++", "names.cc", "-O1")
	addr := address(t, whole, "_ZN12_GLOBAL__N_16hiddenEi")
	dir := t.TempDir()
	mini, path := filepath.Join(dir, "mini"), filepath.Join(dir, "stripped.so")
	output(t, "objcopy", "--only-keep-debug", whole, mini)
	output(t, "xz", mini)
	output(t, "objcopy", "--strip-all", "--add-section", ".gnu_debugdata="+mini+".xz", whole, path)
	r := NewResolver()
	defer r.Close()
	f := r.Resolve(Module{Path: path}, addr, false)[0]
	if f.Short != "(anonymous namespace)::hidden" || !f.Exact {
		t.Errorf("got %+v", f)
	}
	if f := r.Resolve(Module{Path: path}, address(t, whole, "entry"), false)[0]; f.Short != "entry" || !f.Exact {
		t.Errorf("exported: %+v", f)
	}
}

// TestDebuginfod fetches a debug file once, and none when no server is named.
func TestDebuginfod(t *testing.T) {
	module, debug, id, ret := splitModule(t)
	contents := readFixture(t, debug)
	move(t, debug, filepath.Join(t.TempDir(), "aside"))
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if r.URL.Path != "/buildid/"+id+"/debuginfo" {
			http.NotFound(w, r)
			return
		}
		w.Write(contents)
	}))
	defer server.Close()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	resolver := func(urls string) *Resolver {
		t.Setenv("DEBUGINFOD_URLS", urls)
		r := NewResolver()
		r.files.folders = nil
		return r
	}
	unset := resolver("")
	defer unset.Close()
	if f := unset.Resolve(Module{Path: module}, ret, true)[0]; f.File != "" || f.Debug != "no debug information" {
		t.Errorf("no server: %+v", f)
	}
	if n := requests.Load(); n != 0 {
		t.Fatalf("%d requests without DEBUGINFOD_URLS", n)
	}
	for range 2 { // the second time from disk
		r := resolver("ftp://nowhere " + server.URL + "/")
		checkMarks(t, r, module, ret, "inlined.cc", inlinedFrames)
		r.Close()
	}
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
	server.Close()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dead := resolver(server.URL)
	defer dead.Close()
	if f := dead.Resolve(Module{Path: module}, ret, true)[0]; f.File != "" || f.Function != "entry" || !strings.Contains(f.Debug, "refused") {
		t.Errorf("dead server: %+v", f)
	}
}

// TestPrune keeps the downloads used last.
func TestPrune(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"new.debug", "old.debug", "kept.debug", "unrelated"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, make([]byte, 100), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(int64(1000-i), 0)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	prune(dir, filepath.Join(dir, "kept.debug"), 200)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 3 {
		t.Fatalf("left: %v %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "old.debug")); err == nil {
		t.Error("the oldest is still there")
	}
}
