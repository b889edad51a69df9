package html

import (
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/gilwatch/gilwatch/internal/report"
)

// shared is the browser of all tests of the package.
var shared = struct {
	once    sync.Once
	browser *Browser
	err     error
}{}

func TestMain(m *testing.M) {
	status := m.Run()
	if shared.browser != nil {
		shared.browser.Close()
	}
	os.Exit(status)
}

// browser returns the browser. Without one the test is skipped, and fails with CI=true.
func browser(t *testing.T) *Browser {
	t.Helper()
	shared.once.Do(func() { shared.browser, shared.err = Start() })
	if errors.Is(shared.err, ErrNoBrowser) && os.Getenv("CI") != "true" {
		t.Skip(shared.err)
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.browser
}

func written(t *testing.T, name string, r *report.Report) string {
	t.Helper()
	path, err := Write(t.TempDir(), name, r, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// open opens a report and, at the end of the test, checks that it had no error.
func open(t *testing.T, b *Browser, path string, s Screen) *Page {
	t.Helper()
	p, err := b.Open(path, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, fault := range p.Faults() {
			t.Error(fault)
		}
		p.Close()
	})
	return p
}

func do(t *testing.T, p *Page, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := p.Do(steps...); err != nil {
		t.Fatal(err)
	}
}

func get[T any](t *testing.T, p *Page, action chromedp.Action[T]) T {
	t.Helper()
	value, err := Get(p, action)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// evaluate returns what an expression is on the page.
func evaluate[T any](t *testing.T, p *Page, expression string) T {
	t.Helper()
	return get(t, p, chromedp.Evaluate[T](expression))
}
