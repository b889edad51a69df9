package x86

import (
	"bufio"
	"encoding/hex"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// libraries are files with much code, of compilers that use what few use: glibc has every
// vector extension, in hand-written assembly.
var libraries = []string{"/lib/x86_64-linux-gnu/libc.so.6", "/lib/x86_64-linux-gnu/libm.so.6"}

// The lengths are those of binutils' disassembler.
func TestLengthsAreObjdumps(t *testing.T) {
	for _, path := range libraries {
		if _, err := os.Stat(path); err != nil {
			t.Logf("no %s", path)
			continue
		}
		checkLengths(t, path)
	}
}

func checkLengths(t *testing.T, path string) {
	t.Helper()
	cmd := exec.Command("objdump", "-d", "-z", "-w", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("objdump: %v", err)
	}
	checked, unknown := 0, 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) < 3 || strings.Contains(fields[2], "(bad)") {
			continue
		}
		code, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(fields[1]), " ", ""))
		if err != nil || lonePrefix(code) || code[0] == 0x9b { // fwait and what it waits for are shown as one
			continue
		}
		checked++
		// What stands behind must not matter.
		in, ok := Decode(append(code[:len(code):len(code)], 0xcc, 0xcc, 0xcc, 0xcc))
		if !ok {
			unknown++
			if unknown < 5 {
				t.Logf("%s: not known: %x %s", path, code, fields[2])
			}
		} else if in.Len != len(code) {
			t.Errorf("%s: %x (%s) has %d bytes, want %d", path, code, fields[2], in.Len, len(code))
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if checked < 10000 || unknown > checked/2000 {
		t.Errorf("%s: %d instructions, %d of them not known", path, checked, unknown)
	}
}

// lonePrefix: objdump shows a prefix that it cannot place on a line of its own.
func lonePrefix(code []byte) bool {
	d := decoder{code: code}
	return !d.prefixes() || d.at == len(code)
}

func TestNoInstruction(t *testing.T) {
	for _, code := range []string{"", "66", "06", "0f04", "d5", "c4", "62f17c", "e8000000", "66e800000000", "4848484848484848484848484848484890"} {
		raw, err := hex.DecodeString(code)
		if err != nil {
			t.Fatal(err)
		}
		if in, ok := Decode(raw); ok {
			t.Errorf("%s is taken for an instruction of %d bytes", code, in.Len)
		}
	}
}
