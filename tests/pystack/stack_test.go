package pystack

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/tests/pythons"
)

// The stack of each shape is what the thread itself saw just before it blocked on the same
// line: names, files and lines.
func TestStackIsWhatTheThreadSaw(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		c := start(t, py, "testdata/blocked.py")
		shapes := c.shapes(t)
		if len(shapes) != 14 {
			t.Errorf("%d shapes told, want 14", len(shapes))
		}
		for name, want := range shapes {
			got, truncated := c.stack(t, pystack.Thread{ID: want.ID}, 20000)
			if truncated {
				t.Errorf("%s: truncated", name)
			}
			for i := range want.Stack {
				want.Stack[i].Function = shorten(want.Stack[i].Function)
			}
			if !slices.Equal(got, want.Stack) {
				t.Errorf("%s: %s", name, difference(got, want.Stack))
			}
		}
	})
}

// Since 3.11 the thread is also found by the kernel's id.
func TestThreadIsFoundByNativeID(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		c := start(t, py, "testdata/blocked.py")
		for name, s := range c.shapes(t) {
			byID, err := pystack.ThreadState(c.memory, c.in, pystack.Thread{ID: s.ID})
			if err != nil {
				t.Fatal(err)
			}
			byNative, err := pystack.ThreadState(c.memory, c.in, pystack.Thread{NativeID: s.Native})
			if py.Minor < 11 && err == nil {
				t.Errorf("%s: found by an id that 3.%d does not keep", name, py.Minor)
			}
			if py.Minor >= 11 && (err != nil || byNative != byID) {
				t.Errorf("%s: by native id %#x (%v), by id %#x", name, byNative, err, byID)
			}
		}
	})
}

// 10,000 frames are cut to what was asked for, the innermost are kept, and it is said.
func TestDeepStackIsCut(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		c := start(t, py, "testdata/blocked.py")
		deep := c.shapes(t)["recursion"]
		if len(deep.Stack) < 10000 {
			t.Fatalf("only %d frames deep", len(deep.Stack))
		}
		for limit, want := range map[int]int{0: pystack.DefaultDepth, -1: pystack.DefaultDepth, 1: 1, 5000: 5000,
			len(deep.Stack) - 1: len(deep.Stack) - 1} {
			got, truncated := c.stack(t, pystack.Thread{ID: deep.ID}, limit)
			if !truncated || !slices.Equal(got, deep.Stack[:want]) {
				t.Errorf("limit %d: truncated %v, %s", limit, truncated, difference(got, deep.Stack[:want]))
			}
		}
		if got, truncated := c.stack(t, pystack.Thread{ID: deep.ID}, len(deep.Stack)); truncated {
			t.Errorf("all %d frames: said to be truncated", len(got))
		}
	})
}

// shorten cuts a name as Stack does.
func shorten(name string) string {
	if runes := []rune(name); len(runes) > 1000 {
		return string(runes[:1000]) + "…"
	}
	return name
}

// difference says where two stacks part, "" if they are equal.
func difference[Frame comparable](got, want []Frame) string {
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			return fmt.Sprintf("%d frames, want %d; from frame %d on\n%.1000s\nwant\n%.1000s",
				len(got), len(want), i, some(got, i), some(want, i))
		}
	}
	return ""
}

// some gives the three frames from i on as text.
func some[Frame any](frames []Frame, i int) string {
	return fmt.Sprintf("%+v", frames[min(i, len(frames)):min(i+3, len(frames))])
}
