package pystack

import (
	"bufio"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/tests/pythons"
)

// faulthandlerDepth is MAX_FRAME_DEPTH of CPython's Python/traceback.c, faulthandlerName
// its MAX_STRING_LENGTH.
const (
	faulthandlerDepth = 100
	faulthandlerName  = 500
)

// more is what follows the last frame shown of a deeper stack.
const more = "  ..."

// maxDumps bounds the wait for all threads to block: each tells its stack before its call.
const maxDumps = 100

// What faulthandler's watchdog writes of all threads is what Stack reads of them.
func TestStackIsFaulthandlers(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		if py.FreeThreaded {
			t.Skip("faulthandler shows no other thread without the GIL")
		}
		c := start(t, py, "testdata/blocked.py")
		shapes := c.shapes(t)
		var wrong string
		for range maxDumps {
			if wrong = c.compare(t, py, shapes); wrong == "" {
				return
			}
		}
		t.Error(wrong)
	})
}

// compare says where the next dump and the stacks read after it part, "" if they do not.
func (c *child) compare(t *testing.T, py pythons.Python, shapes map[string]shape) string {
	t.Helper()
	dump := nextDump(t, c.dumps, shapes["main"].ID)
	for name, s := range shapes {
		shown := len(dump[s.ID])
		want := slices.DeleteFunc(dump[s.ID], notBegun.MatchString)
		if wantNotBegun(py, name) != (len(want) < shown) {
			return fmt.Sprintf("%s: %d of %d frames of faulthandler's have begun", name, len(want), shown)
		}
		frames, truncated := c.stack(t, pystack.Thread{ID: s.ID}, faulthandlerDepth)
		var got []string
		for _, f := range frames {
			got = append(got, asFaulthandler(f))
		}
		// From 3.13 on it breaks off without a word.
		if truncated && py.Minor < 13 {
			got = append(got, more)
		}
		// From 3.14 on it goes no further than that frame of __init__.
		if end := slices.Index(want, "  <invalid frame>"); end >= 0 && py.Minor >= 14 {
			got, want = got[:min(end, len(got))], want[:end]
		}
		if parting := difference(got, want); parting != "" {
			return name + ": " + parting
		}
	}
	return ""
}

// notBegun matches the frames that faulthandler shows, and neither sys._getframe nor Stack: a
// call before its first RESUME instruction, and what 3.13 puts below a specialized __init__.
var notBegun = regexp.MustCompile(`, line \?\?\? in (with_cells|__init__)$`)

// wantNotBegun says in which shape there is such a frame.
func wantNotBegun(py pythons.Python, shape string) bool {
	return py.Minor == 11 && shape == "not begun" || py.Minor >= 13 && shape == "init"
}

var threadHead = regexp.MustCompile(`^Thread 0x([0-9a-f]+) .*\(most recent call first\):$`)

// nextDump reads a dump of all threads, by thread. The main thread comes last: it is the
// oldest.
func nextDump(t *testing.T, from *bufio.Reader, main uint64) map[uint64][]string {
	t.Helper()
	dump := map[uint64][]string{}
	var thread uint64
	for {
		line, err := from.ReadString('\n')
		if err != nil {
			t.Fatalf("the watchdog stopped writing: %v", err)
		}
		line = strings.TrimSuffix(line, "\n")
		if head := threadHead.FindStringSubmatch(line); head != nil {
			if thread, err = strconv.ParseUint(head[1], 16, 64); err != nil {
				t.Fatal(err)
			}
		} else if strings.HasPrefix(line, "  ") {
			dump[thread] = append(dump[thread], line)
			if thread == main && strings.HasSuffix(line, " in <module>") {
				return dump
			}
		}
	}
}

// asFaulthandler writes a frame as faulthandler does: co_name, not co_qualname.
func asFaulthandler(f pystack.Frame) string {
	name := f.Function
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	line := "???"
	if f.Line > 0 {
		line = strconv.Itoa(f.Line)
	}
	return fmt.Sprintf(`  File "%s", line %s in %s`, escape(f.File), line, escape(name))
}

// escape is _Py_DumpASCII: ASCII, at most 500 characters.
func escape(s string) string {
	var text strings.Builder
	count := 0
	for i, r := range s {
		if count++; count > faulthandlerName {
			return text.String() + "..."
		}
		switch {
		case r == '\uFFFD': // a byte that is no UTF-8, which os.fsdecode escaped
			fmt.Fprintf(&text, `\udc%02x`, s[i])
		case r >= ' ' && r < 127:
			text.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(&text, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&text, `\u%04x`, r)
		default:
			fmt.Fprintf(&text, `\U%08x`, r)
		}
	}
	return text.String()
}
