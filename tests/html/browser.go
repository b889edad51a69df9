// Package html drives the HTML report in a real browser: headless Chromium.
package html

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// ErrNoBrowser says that no Chromium is installed.
var ErrNoBrowser = errors.New("no chromium, chromium-browser or google-chrome in PATH")

// patience bounds what is waited for in the browser: it is hung, and not slow, after that.
const patience = 2 * time.Minute

// Browser is a running headless Chromium.
type Browser struct {
	ctx    context.Context
	cancel []context.CancelFunc
}

// Start starts the browser, with an empty profile and nothing that would go to the network.
// The error is ErrNoBrowser when there is none.
func Start() (*Browser, error) {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, ErrNoBrowser
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	b := &Browser{ctx, []context.CancelFunc{cancel, cancelAllocator}}
	if err := chromedp.Do(ctx); err != nil {
		b.Close()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return b, nil
}

// Close ends the browser.
func (b *Browser) Close() {
	for _, cancel := range b.cancel {
		cancel()
	}
}

// Screen is what a page is shown on.
type Screen struct {
	Width, Height int64
	Dark          bool
}

// Page is an open report.
type Page struct {
	ctx    context.Context
	Close  context.CancelFunc
	mu     sync.Mutex
	faults []string
}

// Open opens a file, on a tab of its own. Its errors and all that it asks the network for
// are kept, see Faults.
func (b *Browser) Open(path string, s Screen) (*Page, error) {
	ctx, cancelTab := chromedp.NewContext(b.ctx)
	ctx, cancelTimeout := context.WithTimeout(ctx, patience)
	p := &Page{ctx: ctx, Close: func() { cancelTimeout(); cancelTab() }}
	if err := p.show(path, s); err != nil {
		p.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return p, nil
}

// show shows a file, and listens from before it is loaded.
func (p *Page) show(path string, s Screen) error {
	if err := chromedp.Listen(p.ctx, p.listen); err != nil {
		return err
	}
	_, runtimeErr := chromedp.Call(p.ctx, runtime.Enable, cdp.Empty{})
	_, logErr := chromedp.Call(p.ctx, cdplog.Enable, cdp.Empty{})
	_, networkErr := chromedp.Call(p.ctx, network.Enable, network.EnableParams{})
	if err := errors.Join(runtimeErr, logErr, networkErr, p.Turn(s)); err != nil {
		return err
	}
	if err := p.Do(chromedp.Navigate("file://" + path)); err != nil {
		return err
	}
	if _, err := Get(p, chromedp.Poll[bool](`performance.getEntriesByName("ready").length > 0`, chromedp.WithPollingTimeout(patience))); err != nil {
		return fmt.Errorf("wait for the page's script: %w; the browser said %q", err, p.Faults())
	}
	return nil
}

// Turn shows the page on another screen.
func (p *Page) Turn(s Screen) error {
	scheme := "light"
	if s.Dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia,
		emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	return errors.Join(err, p.Do(chromedp.EmulateViewport(s.Width, s.Height)))
}

// Do does steps on the page.
func (p *Page) Do(steps ...chromedp.Action[chromedp.Void]) error { return chromedp.Do(p.ctx, steps...) }

// Get does what has a result on the page.
func Get[T any](p *Page, action chromedp.Action[T]) (T, error) { return chromedp.Run(p.ctx, action) }

// Faults are the errors that the page's scripts raised or the browser logged, and the
// addresses that it asked for, other than files.
func (p *Page) Faults() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.faults...)
}

func (p *Page) listen(event any) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault = "uncaught: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			fault += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		fault = fmt.Sprintf("console.%s", e.Type)
		for _, argument := range e.Args {
			fault += " " + argument.Value.String()
		}
	case *cdplog.EventEntryAdded:
		fault = fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; len(url) < 5 || url[:5] != "file:" && url[:5] != "data:" {
			fault = "asked for " + url
		}
	}
	if fault == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, fault)
}
