package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	gfm "github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// rendered is a report's markdown as GitHub's renderer would make HTML of it.
func rendered(t *testing.T, r *Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(gfm.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(render(t, "markdown", r, o)), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	got := rendered(t, sample(), Options{Notes: true})
	for _, want := range []string{
		"<h3>gilwatch</h3>", "<h4>error: <code>PyCapsule_New</code> called without the GIL</h4>",
		"in <code>divide_proc&lt;float&gt;</code>", "<strong>fatal:</strong> the process died in this call (SIGSEGV)",
		"<pre><code class=\"language-text\">nb::gil_scoped_acquire gil;\n", "<details><summary>stacks</summary>", "nb::call_guard",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in:\n%s", want, got)
		}
	}
}

// TestMarkdownHostile checks that foreign strings bring no markup of their own: the
// elements are those of a harmless report.
func TestMarkdownHostile(t *testing.T) {
	for _, s := range []string{
		"<img src=x onerror=alert(1)>", "](http://example.com) [x", "``` \n```", "`a``b```c", "@everyone #1", "**bold** _it_ ~~s~~",
		"| a | b |\n|---|---|", "</details></summary>", "![x](y)", "`", "&lt;script&gt;",
	} {
		r := sample()
		for i := range r.Violations {
			v := &r.Violations[i]
			v.Function, v.Hint, v.Tests, v.ID = s, &s, []string{s}, s
			v.NativeStack[0].Function, v.NativeStack[0].File = &s, new("/src/"+s)
		}
		r.Processes[9].Reason, r.Processes[9].Exe = &s, &s
		got := rendered(t, r, Options{Notes: true})
		for _, element := range []string{"<img", "<a ", "<table", "<script", "<em>", "<del>"} {
			if strings.Contains(got, element) {
				t.Errorf("%q makes %s:\n%s", s, element, got)
			}
		}
		if strings.Contains(withoutCode(got), "@everyone") {
			t.Errorf("%q calls somebody", s)
		}
		if n := strings.Count(got, "<details>"); n != 3 || strings.Count(got, "</details>") != 3 {
			t.Errorf("%q: %d folds", s, n)
		}
	}
}

// withoutCode is HTML without what stands in code.
func withoutCode(html string) string {
	return regexp.MustCompile(`(?s)<code.*?</code>`).ReplaceAllString(html, "")
}

// TestMarkdownLimit checks that a large report is cut between entries, keeps the limit
// and says how much is missing.
func TestMarkdownLimit(t *testing.T) {
	r := clean()
	for i := range 2000 {
		v := fatalViolation()
		v.NativeStack[2].Function = new(fmt.Sprintf("f%d", i))
		v.ID = fmt.Sprint(i)
		r.Violations = append(r.Violations, v)
	}
	for _, limit := range []int{0, 2_000, 20_000, 1 << 20} {
		got := render(t, "markdown", r, Options{MaxBytes: limit})
		if limit == 0 {
			limit = 60_000
		}
		if len(got) > limit || len(got) < limit/2 {
			t.Errorf("%d bytes of %d", len(got), limit)
		}
		shown := strings.Count(got, "called without the GIL at") + strings.Count(got, "called without the GIL in") +
			strings.Count(got, "called without the GIL\n\n")
		if limit < 1<<20 && !strings.Contains(got, fmt.Sprintf("… and %s more", number(2000-shown))) {
			t.Errorf("%d of 2000 are shown, and the rest is not counted: %s", shown, got[len(got)-200:])
		}
	}
}
