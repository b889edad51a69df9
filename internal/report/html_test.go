package report

import (
	"bytes"
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"
)

// dataOf returns the JSON in a page.
func dataOf(t *testing.T, page string) string {
	t.Helper()
	_, rest, found := strings.Cut(page, `<script type="application/json" id="data">`)
	data, _, closed := strings.Cut(rest, "</script>")
	if !found || !closed {
		t.Fatal("the page has no data")
	}
	return data
}

// TestGoldenHTML compares the data of the page: what the script shows is tested in a browser.
func TestGoldenHTML(t *testing.T) {
	page := render(t, "html", sample(), Options{})
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(dataOf(t, page)), "", "  "); err != nil {
		t.Fatal(err)
	}
	golden(t, "sample-html.json", indented.String()+"\n")
	if page != render(t, "html", sample(), Options{}) {
		t.Error("the same report makes another page")
	}
}

// TestHTMLSelfContained checks that a page names no other file and no host, and that its
// policy allows its own style and script and nothing else.
func TestHTMLSelfContained(t *testing.T) {
	page := render(t, "html", sample(), Options{})
	own := strings.Replace(page, dataOf(t, page), "", 1)
	for _, s := range []string{"http:", "https:", "//cdn", "@import", "url(", "src=", "innerHTML", "eval(", "style=", " onclick="} {
		if strings.Contains(own, s) {
			t.Errorf("the page has %s", s)
		}
	}
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil {
		t.Fatal("the page has no policy")
	}
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)
	script := regexp.MustCompile(`(?s)<script>(.*)</script>`).FindStringSubmatch(page)
	want := "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src '" + hashOf(style[1]) +
		"'; script-src '" + hashOf(script[1]) + "'"
	if got := html.UnescapeString(policy[1]); got != want {
		t.Errorf("the policy is\n%s, want\n%s", got, want)
	}
}

// TestHTMLHostile checks that no foreign text ends the element that it stands in.
func TestHTMLHostile(t *testing.T) {
	count := func(page string) [3]int {
		page = strings.ToLower(page)
		return [3]int{strings.Count(page, "<script"), strings.Count(page, "</"), strings.Count(page, "<!--")}
	}
	want := count(render(t, "html", sample(), Options{}))
	for _, s := range append(hostileStrings, "</script><script>alert(1)</script>", "<!--<script>", "</noscript></title></style>", "{{.}}", `\u003c/script>`) {
		r := sample()
		r.Run.Command, r.Run.Cwd, r.Run.Host, r.Tool.Version = []string{s}, &s, &s, s
		for i := range r.Violations {
			v := &r.Violations[i]
			v.ID, v.Function, v.Hint, v.ThreadName, v.Severity, v.Kind, v.Tests = s, s, &s, &s, s, s, []string{s}
			v.NativeStack = []Frame{{Function: &s, File: &s, Module: &s}}
		}
		page := render(t, "html", r, Options{})
		if got := count(page); got != want {
			t.Errorf("%.40q: %v scripts, ends and comments, want %v", s, got, want)
		}
		if !json.Valid([]byte(dataOf(t, page))) {
			t.Errorf("%.40q: the data is no JSON", s)
		}
	}
}

// TestHTMLNoScript checks that a page says the totals where scripts do not run.
func TestHTMLNoScript(t *testing.T) {
	if page := render(t, "html", sample(), Options{}); !strings.Contains(page, `<p class="noscript">gilwatch: 1 error, 1 warning, 1 note (1 known) in `) {
		t.Errorf("no totals in %.3000s", page)
	}
}

func TestWords(t *testing.T) {
	if got := words([]string{"sh", "-c", "it's $HOME", "", "a\nb", "plain"}); got != `sh -c 'it'\''s $HOME' '' 'a\nb' plain` {
		t.Errorf("got %s", got)
	}
}
