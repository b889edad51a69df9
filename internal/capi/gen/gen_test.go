package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/internal/capi"
)

const root = "../../.."

func TestGeneratedFilesAreFresh(t *testing.T) {
	for path, render := range outputs {
		have, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Errorf("reading a generated file: %v", err)
		}
		if !bytes.Equal(have, render(capi.All())) {
			t.Errorf("%s is stale: run go generate ./internal/capi", path)
		}
	}
}

// tool finds a program, or skips the test; where CI=true it must be there.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skipf("no %s: %v", name, err)
	}
	return path
}

func TestShimTableIsFormatted(t *testing.T) {
	source := shimTable(capi.All())
	format := exec.Command(tool(t, "clang-format"), "--style=file", "--assume-filename=shim/rules_gen.c")
	format.Dir = root
	format.Stdin = bytes.NewReader(source)
	formatted, err := format.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(formatted, source) {
		t.Error("clang-format would change shim/rules_gen.c")
	}
}

// dump prints the table as a C program reads it. Its loop also checks the order that a
// binary search needs.
const dump = `
#include <stdio.h>
#include <string.h>
#include "rules.h"

int main(void) {
    for (uint32_t i = 0; i < gw_rules_len; i++) {
        const struct gw_rule *r = &gw_rules[i], *p = i ? r - 1 : r;
        const char *name = gw_rule_names + r->name;
        int order = strcmp(gw_rule_names + p->name, name);
        if (p->hash > r->hash || (p->hash == r->hash && (order > 0 || (i && !order && p->versions >= r->versions))))
            printf("%s stands in the wrong place\n", name);
        printf("%s %08x %04x %d %d %d%d%d%d\n", name, r->hash, r->versions, r->legal, r->event,
               r->identity, r->never, r->gil_only, r->no_acquire);
    }
    printf("last minor 3.%d\n", GW_RULE_FIRST_MINOR + (int)gw_rules_last_minor);
    return 0;
}
`

// The values of enum gw_legal and enum gw_event in shim/rules.h, by position.
var (
	legals = []capi.Legal{capi.LegalNever, capi.LegalAlways, capi.LegalBeforeInit, capi.LegalAfterSwap}
	events = []capi.Event{capi.EventNone, capi.EventSave, capi.EventRelease, capi.EventRestore,
		capi.EventEnsure, capi.EventEnsureRelease, capi.EventSwap, capi.EventNewInterpreter,
		capi.EventEndInterpreter, capi.EventDeleteCurrent, capi.EventReleaseLock,
		capi.EventInitialize, capi.EventFinalize, capi.EventAllocators, capi.EventDelete}
)

// What a C compiler makes of the generated file is what the Go table says.
func TestShimTableInC(t *testing.T) {
	compiler := tool(t, "gcc")
	folder := t.TempDir()
	for name, text := range map[string][]byte{"rules_gen.c": shimTable(capi.All()), "dump.c": []byte(dump)} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(folder, "dump")
	build := exec.Command(compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-I", filepath.Join(root, "shim"),
		"-o", program, filepath.Join(folder, "rules_gen.c"), filepath.Join(folder, "dump.c"))
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(program).Output()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		got[lines.Text()] = true
	}
	want := []string{fmt.Sprintf("last minor 3.%d", capi.LastMinor)}
	for _, r := range capi.All() {
		if !saysNothing(r) {
			want = append(want, dumpLine(r))
		}
	}
	for _, line := range want {
		if !got[line] {
			t.Errorf("the C table lacks %q", line)
		}
		delete(got, line)
	}
	for line := range got {
		t.Errorf("the C table has %q too", line)
	}
}

func dumpLine(r capi.Rule) string {
	return fmt.Sprintf("%s %08x %04x %d %d %d%d%d%d", r.Symbol, gnuHash(r.Symbol), uint16(r.Versions),
		position(legals, r.Legal), position(events, r.Event), flag(r.Identity), flag(r.Never), flag(r.GILOnly),
		flag(r.Unacquired))
}

func position[T comparable](all []T, one T) int {
	for i, x := range all {
		if x == one {
			return i
		}
	}
	return -1
}

// A row may be left out of the C table only if it says what a missing row says.
func TestLeftOutRowsSayNothing(t *testing.T) {
	left := 0
	for _, r := range capi.All() {
		if saysNothing(r) {
			left++
			if !r.Watched() || r.Legal != capi.LegalNever {
				t.Errorf("%s is left out, but is legal %s, watched %v", r.Symbol, r.Legal, r.Watched())
			}
		}
	}
	if left == 0 {
		t.Error("no row is left out, not even the benign ones")
	}
}

// The hashes are those that the System V gABI supplement's readers know.
func TestGNUHash(t *testing.T) {
	for name, want := range map[string]uint32{"": 0x1505, "printf": 0x156b2bb8, "exit": 0x7c967e3f, "syscall": 0xbac212a0} {
		if got := gnuHash(name); got != want {
			t.Errorf("gnuHash(%q) = %#x, want %#x", name, got, want)
		}
	}
}
