package html

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/gilwatch/gilwatch/internal/report"
)

const (
	matches = `document.getElementById("matches").textContent`
	chosen  = `document.querySelector("#detail .id").textContent`
	drawn   = `document.querySelectorAll("#rows > .row").length`
)

// search types a query into the empty search field.
func search(t *testing.T, p *Page, query string) {
	t.Helper()
	do(t, p, chromedp.KeyEvent(kb.Escape), slash, chromedp.KeyEvent(query))
}

// slash presses the key as a keyboard does: what the page keeps it from doing, it does not do.
// KeyEvent types the character as an event of its own.
func slash(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
	for _, event := range []input.DispatchKeyEventParams{
		{Type: input.DispatchKeyEventTypeKeyDown, Key: "/", Code: "Slash", Text: "/"},
		{Type: input.DispatchKeyEventTypeKeyUp, Key: "/", Code: "Slash"},
	} {
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
			return chromedp.Void{}, err
		}
	}
	return chromedp.Void{}, nil
}

func want[T comparable](t *testing.T, p *Page, expression string, want T) {
	t.Helper()
	if got := evaluate[T](t, p, expression); got != want {
		t.Errorf("%s is %v, want %v", expression, got, want)
	}
}

// TestFilters checks the number that each filter leaves, against the report.
func TestFilters(t *testing.T) {
	const n = 5000
	r := Many(n)
	p := open(t, browser(t), written(t, "many", r), Screen{1280, 900, false})
	count := func(test func(v *report.Violation) bool) string {
		found := 0
		for i := range r.Violations {
			if test(&r.Violations[i]) {
				found++
			}
		}
		if found < 1000 {
			return fmt.Sprintf("%d of 5,000 violations", found)
		}
		return fmt.Sprintf("%d,%03d of 5,000 violations", found/1000, found%1000)
	}
	want(t, p, matches, "5,000 of 5,000 violations")
	if rows := evaluate[int](t, p, drawn); rows < 5 || rows > 60 {
		t.Errorf("%d rows are drawn", rows)
	}
	for query, expected := range map[string]string{
		"needle_in_the_stack":       "1 of 5,000 violations",
		"NEEDLE_in_the":             "1 of 5,000 violations",
		"needle_in_the_stack xyzzy": "0 of 5,000 violations",
		"test_case[77]":             "1 of 5,000 violations",
		r.Violations[99].ID:         "1 of 5,000 violations",
		"fatal":                     "1 of 5,000 violations",
		"pycapsule_new resample":    count(func(v *report.Violation) bool { return v.Function == "PyCapsule_New" }),
	} {
		search(t, p, query)
		want(t, p, matches, expected)
	}
	do(t, p, chromedp.KeyEvent(kb.Escape), chromedp.Click(chromedp.CSS("#warnings")))
	want(t, p, matches, count(func(v *report.Violation) bool { return v.Severity != report.SeverityWarning }))
	do(t, p, chromedp.Click(chromedp.CSS("#clear")), chromedp.Click(chromedp.CSS("#known")))
	want(t, p, matches, count(func(v *report.Violation) bool { return !v.Known }))
	do(t, p, chromedp.Click(chromedp.CSS("#clear")))
	evaluate[any](t, p, `(() => { const m = document.getElementById("module"); m.value = "_codec"; m.dispatchEvent(new Event("change")); })()`)
	want(t, p, matches, count(func(v *report.Violation) bool { return *v.NativeStack[1].Module == modulePath("_codec") }))
}

// TestTimeline checks that an interval leaves what its label says, and that the same again
// leaves all.
func TestTimeline(t *testing.T) {
	p := open(t, browser(t), written(t, "many", Many(300)), Screen{1280, 900, false})
	sum := evaluate[int](t, p, `[...document.querySelectorAll(".bin")].reduce((n, b) => n + Number(/: (\d+) first/.exec(b.title)[1]), 0)`)
	if sum != 300 {
		t.Errorf("%d are first seen in all intervals, want 300", sum)
	}
	do(t, p, chromedp.Focus(chromedp.CSS("#bars")), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.Enter))
	want(t, p, `document.querySelectorAll(".bin")[1].getAttribute("aria-selected")`, "true")
	want(t, p, `(() => { const [, first, last] = /: (\d+) first seen, (\d+) last/.exec(document.querySelectorAll(".bin")[1].title).map(Number);
		const left = Number(/^\d+/.exec(document.getElementById("matches").textContent)[0]);
		return left >= Math.max(first, last) && left <= first + last && left > 0 && left < 300; })()`, true)
	do(t, p, chromedp.KeyEvent(kb.Enter))
	want(t, p, matches, "300 of 300 violations")
}

// TestKeyboard goes through the report without a mouse.
func TestKeyboard(t *testing.T) {
	p := open(t, browser(t), written(t, "many", Many(300)), Screen{1280, 900, false})
	ids := evaluate[[]string](t, p, `JSON.parse(document.getElementById("data").textContent).violations.map((v) => v.id)`)
	for _, step := range []struct {
		key  string
		want int
	}{{"j", 1}, {"j", 2}, {"k", 1}, {kb.ArrowDown, 2}, {kb.ArrowUp, 1}} {
		do(t, p, chromedp.KeyEvent(step.key))
		want(t, p, chosen, ids[step.want])
	}
	do(t, p, chromedp.Focus(chromedp.CSS("#list")), chromedp.KeyEvent(kb.End))
	want(t, p, chosen, ids[299])
	want(t, p, `document.getElementById(document.getElementById("list").getAttribute("aria-activedescendant")).getAttribute("aria-posinset")`, "300")
	do(t, p, chromedp.KeyEvent(kb.Home))
	want(t, p, chosen, ids[0])
	do(t, p, chromedp.KeyEvent(kb.Enter))
	want(t, p, `document.activeElement.id`, "detail")
	do(t, p, chromedp.KeyEvent("?"))
	want(t, p, `document.getElementById("help").open`, true)
	do(t, p, chromedp.KeyEvent(kb.Escape))
	want(t, p, `document.getElementById("help").open`, false)
	search(t, p, "jkc?") // letters, while typing
	want(t, p, `document.getElementById("search").value`, "jkc?")
	want(t, p, matches, "0 of 300 violations")
	want(t, p, `document.getElementById("nothing").hidden`, false)
	do(t, p, chromedp.KeyEvent(kb.Escape))
	want(t, p, matches, "300 of 300 violations")
}

// TestCopy checks that the suppression reaches the clipboard, by pasting it.
func TestCopy(t *testing.T) {
	r := Many(1)
	p := open(t, browser(t), written(t, "one", r), Screen{1280, 900, false})
	do(t, p, chromedp.KeyEvent("c"))
	get(t, p, chromedp.Poll[bool](`document.getElementById("said").textContent === "suppression copied"`, chromedp.WithPollingTimeout(patience)))
	search(t, p, "")
	do(t, p, chromedp.KeyEvent("v", paste))
	want(t, p, `document.getElementById("search").value`, report.Suppression(&r.Violations[0]))
}

// paste makes a key what the system's shortcut for pasting would do.
func paste(p *input.DispatchKeyEventParams) {
	p.Commands, p.Modifiers = []string{"paste"}, int64(kb.ModifierCtrl)
}

// TestFolds opens folded frames.
func TestFolds(t *testing.T) {
	p := open(t, browser(t), written(t, "one", Many(1)), Screen{1280, 900, false})
	const items = `document.querySelectorAll(".stack:first-child li").length`
	before := evaluate[int](t, p, items)
	do(t, p, chromedp.Click(chromedp.CSS(".stack:first-child .fold button")))
	if after := evaluate[int](t, p, items); after != 21 || before >= after {
		t.Errorf("%d lines became %d, want 21", before, after)
	}
}

// TestMissing reads below a frame why it has no names; below others nothing stands.
func TestMissing(t *testing.T) {
	r := Many(2)
	for i := range r.Violations {
		f := &r.Violations[i].NativeStack[1]
		if r.Violations[i].Function == "PyCapsule_New" {
			f.Function, f.File, f.Line, f.Reason = nil, nil, nil, new("gone: no such file")
		}
	}
	p := open(t, browser(t), written(t, "missing", r), Screen{1280, 900, false})
	search(t, p, "PyCapsule_New")
	want(t, p, `[...document.querySelectorAll("#detail .missing")].map((e) => e.textContent).join("|")`,
		"_resample.cpython-312-x86_64-linux-gnu.so has no names here: gone: no such file")
	search(t, p, "PyList_Append")
	want(t, p, `document.querySelectorAll("#detail .missing").length`, 0)
}

// TestLink checks that a link to a violation shows it, and that another text does no harm.
func TestLink(t *testing.T) {
	r := Many(300)
	path := written(t, "many", r)
	p := open(t, browser(t), path+"#"+r.Violations[123].ID, Screen{1280, 900, false})
	want(t, p, chosen, r.Violations[123].ID)
	evaluate[any](t, p, `void (location.hash = "#%")`)
	want(t, p, chosen, r.Violations[123].ID)
}
