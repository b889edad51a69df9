package shim

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// onTheWay are the sources that a watched call may run through, in a signal handler or a
// forked child, too; the functions of libc that each may refer to.
var onTheWay = map[string][]string{
	"gate.c": nil, "record.c": {"clock_gettime"}, "stacks.c": nil, "unwind.c": nil,
	"eh_frame.c": nil, "cfa.c": nil, "expression.c": nil, "oracle.c": nil, "holder.c": nil,
	"memory.c": nil, "walk.c": nil, "mark.c": {"pthread_key_create", "pthread_setspecific"}, // a key that needs no memory
	"session.c":      {"dladdr"},                                                             // at the start: where was the shim loaded from?
	"test.c":         {"setenv", "putenv", "unsetenv", "getenv", "environ", "clock_gettime"}, // the hooks, and at the start
	"journal_file.c": nil, "module.c": nil, "object.c": nil, "symbol.c": nil,
	"getter_amd64.c": nil, "callsite_amd64.c": nil, "incall.c": nil,
	"entry.c": {"pthread_create"}, // its address: which object is libc?
	"alloc.c": nil, "check.c": nil, "lock.c": nil, "rules_gen.c": nil,
	"stack.c": {"environ"},
	"act.c":   {"abort"}, // --on-violation abort
}

// What runs on a call's way calls nothing but the shim itself: no memcpy that a compiler
// made of a loop, no memory allocation, nothing that takes a lock or sets errno.
func TestCallWayNeedsNoLibc(t *testing.T) {
	t.Parallel()
	for source, allowed := range onTheWay {
		object := compile(t, "shim/"+source)
		for line := range strings.Lines(tool(t, "nm", "-u", object)) {
			name := strings.Fields(line)[1]
			if !strings.HasPrefix(name, "gw_") && name != "_GLOBAL_OFFSET_TABLE_" && !slices.Contains(allowed, name) {
				t.Errorf("%s refers to %s", source, name)
			}
		}
	}
}

var vector = regexp.MustCompile(`%[xyz]mm\d|%st\b|%mm\d`)

// No vector register is touched by the C: the watched call's arguments stand in them.
func TestNoVectorRegisters(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob(filepath.Join(shimFolder, "*.c"))
	if err != nil || len(sources) < len(onTheWay) {
		t.Fatalf("the shim has the sources %q (%v)", sources, err)
	}
	for _, path := range sources {
		source := filepath.Base(path)
		object := compile(t, "shim/"+source)
		code := tool(t, "objdump", "-d", "--no-show-raw-insn", object)
		if at := vector.FindString(code); at != "" {
			t.Errorf("%s uses %s", source, at)
		}
	}
}

// description is a frame description as readelf interprets it: its range, and at each row
// where the CFA is.
type description struct {
	start, end uint64
	cfa        []string
}

// descriptions reads the frame descriptions of a file.
func descriptions(t *testing.T, path string) []description {
	t.Helper()
	var all []description
	described := false // the rows that follow are an FDE's, not a CIE's
	for line := range strings.Lines(tool(t, "readelf", "--wide", "--debug-dump=frames-interp", path)) {
		fields := strings.Fields(line)
		if _, after, ok := strings.Cut(line, " pc="); ok {
			var d description
			if _, err := fmt.Sscanf(after, "%x..%x", &d.start, &d.end); err != nil {
				t.Fatalf("readelf says %q: %v", line, err)
			}
			all, described = append(all, d), true
		} else if strings.Contains(line, " CIE ") {
			described = false
		} else if described && len(fields) > 1 && len(fields[0]) == 16 && strings.ContainsAny(fields[1], "+-") {
			d := &all[len(all)-1]
			d.cfa = append(d.cfa, fields[1])
		}
	}
	return all
}

// Each function of the assembly has one description that covers it from end to end; in a
// gate the CFA stays where it is at a function's entry.
func TestAssemblyIsDescribed(t *testing.T) {
	t.Parallel()
	sources := append([]string{"step.c", "shim/birth_amd64.S"}, gated...)
	linked := of(nil, sources...).build(t, "gates")
	found := descriptions(t, linked)
	missing := []string{
		"gw_gates_tls", "gw_gates_global", "gw_gates_slow", "gw_light_tls", "gw_light_global",
		"gw_slow_amd64", "gw_lookup_dlsym", "gw_lookup_dlopen", "gw_birth_hook",
	}
	for line := range strings.Lines(tool(t, "nm", "-S", linked)) {
		var at, size uint64
		var kind, name string
		if n, _ := fmt.Sscanf(line, "%x %x %s %s", &at, &size, &kind, &name); n != 4 || !slices.Contains(missing, name) {
			continue
		}
		missing = slices.DeleteFunc(missing, func(m string) bool { return m == name })
		i := slices.IndexFunc(found, func(d description) bool { return d.start == at && d.end == at+size })
		if i < 0 {
			t.Errorf("%s, %d bytes, has no description of its own", name, size)
			continue
		}
		isGate := strings.HasPrefix(name, "gw_gates_") || strings.HasPrefix(name, "gw_light_") || name == "gw_lookup_dlopen"
		// Without a row of its own a description says what its CIE says: rsp+8.
		if moves := func(cfa string) bool { return cfa != "rsp+8" }; isGate && slices.ContainsFunc(found[i].cfa, moves) {
			t.Errorf("%s has its CFA at %q, want rsp+8 throughout", name, found[i].cfa)
		}
		if !isGate && len(found[i].cfa) < 3 {
			t.Errorf("%s moves the stack pointer, and its CFA is at %q", name, found[i].cfa)
		}
	}
	if len(missing) > 0 {
		t.Errorf("the assembly has no function, or none with a size, named %q", missing)
	}
}
