package html

import (
	"fmt"
	"testing"

	"github.com/gilwatch/gilwatch/internal/report"
)

// hostile are names that would run a script, load something or end the element that they
// stand in.
var hostile = []string{
	`</script><script>alert(1)</script>`, `<!--<script>`, `<img src=x onerror=alert(1)>`, `"><svg onload=alert(1)>`, `'+alert(1)+'`, "${alert(1)}",
	`</style></title></textarea>`, `<link rel=stylesheet href="https://example.invalid/x.css">`, "javascript:alert(1)", "\u2028\u2029\u202e\x00\x1b[31m\xff", `{{.}}`, `\u003cscript>`,
}

// hostileReport has a violation for each of the names, which stands in all of its fields.
func hostileReport() *report.Report {
	r := Many(len(hostile))
	for i, s := range hostile {
		v := &r.Violations[i]
		v.ID, v.Function, v.Hint, v.ThreadName, v.ReleasedBy, v.Tests = fmt.Sprint(s, i), s, &s, &s, &s, []string{s, s}
		for j := range v.NativeStack {
			f := &v.NativeStack[j]
			f.Function, f.File, f.Module, f.Reason = &s, &s, &s, &s
		}
		v.PythonStack[0].Function, v.PythonStack[0].File = &s, &s
		v.Source[0].Text = s
		r.Modules = append(r.Modules, report.Module{Module: s})
		r.Run.Command = append(r.Run.Command, s)
		r.Suppressed = append(r.Suppressed, report.Suppressed{Rule: s, Count: 1})
		r.Processes = append(r.Processes, report.Process{PID: i, Exe: &s, Argv: []string{s}, Reason: &s})
	}
	r.Run.Cwd, r.Run.Host, r.Tool.Version = &hostile[0], &hostile[2], hostile[3]
	return r
}

// TestNoErrors opens reports of all kinds and every part of them. What a script or the
// browser has to say against them fails in open.
func TestNoErrors(t *testing.T) {
	for name, r := range map[string]*report.Report{
		"empty": report.New("0.1.0"), "clean": Many(0), "one": Many(1), "hostile": hostileReport(),
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, browser(t), written(t, name, r), Screen{1280, 900, true})
			evaluate[any](t, p, `document.querySelectorAll("details").forEach((d) => { d.open = true; })`)
			evaluate[any](t, p, `(() => { for (let i = 0; i < 20; i++) document.dispatchEvent(new KeyboardEvent("keydown", {key: "j", bubbles: true})); })()`)
			want(t, p, `document.querySelectorAll("script").length`, 2)
			want(t, p, `document.querySelectorAll("img, svg, iframe, object, body link, body style").length`, 0)
			want(t, p, `document.getElementById("workspace").hidden`, len(r.Violations) == 0)
			want(t, p, `document.getElementById("empty").hidden`, len(r.Violations) > 0)
		})
	}
}

// TestHostileNamesAreShown is the twin: what was kept from running is there to be read.
func TestHostileNamesAreShown(t *testing.T) {
	p := open(t, browser(t), written(t, "hostile", hostileReport()), Screen{1280, 900, false})
	search(t, p, "onerror")
	want(t, p, matches, fmt.Sprintf("1 of %d violations", len(hostile)))
	want(t, p, `document.querySelector("#detail h2 code").textContent`, hostile[2])
}

// TestPolicy checks that the browser holds the page to its policy: a script that gets in
// nevertheless does not run.
func TestPolicy(t *testing.T) {
	b := browser(t)
	p, err := b.Open(written(t, "one", Many(1)), Screen{1280, 900, false})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	evaluate[any](t, p, `(() => { const s = document.createElement("script"); s.textContent = "window.ran = true"; document.body.append(s);
		const i = new Image(); i.src = "https://example.invalid/x.png"; document.body.append(i); })()`)
	want(t, p, `window.ran === undefined`, true)
	if len(p.Faults()) == 0 {
		t.Error("the browser blocked nothing")
	}
}
