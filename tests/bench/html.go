package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/chromedp/chromedp"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/tests/html"
	"github.com/gilwatch/gilwatch/tests/standin"
)

const (
	htmlRounds     = 11
	htmlViolations = 5000
)

// htmlQueries match nothing, one, some and all of the violations.
var htmlQueries = []string{"xyzzy", "needle_in_the_stack", "pycapsule_new resample", "evalframe"}

// search runs a query on the page, and is how long the filter and the list took.
const search = `(() => { const field = document.getElementById("search"); field.value = %q; const from = performance.now();
	field.dispatchEvent(new Event("input")); document.body.offsetHeight; return performance.now() - from; })()`

// htmlReport is how long the HTML report takes to be seen in a headless Chromium, and to be
// filtered.
func htmlReport(b *bench) *table {
	path := must(html.Write(b.Folder, "report", html.Many(htmlViolations), report.Options{}))
	rounds := b.rounds(htmlRounds)
	paints, ready := []float64{}, []float64{}
	filters := map[string][]float64{}
	browser := must(html.Start())
	defer browser.Close()
	for range rounds {
		page := must(browser.Open(path, html.Screen{Width: 1280, Height: 900}))
		paints = append(paints, must(html.Get(page, chromedp.Evaluate[float64](
			`new Promise((done) => new PerformanceObserver((list) => done(list.getEntriesByName("first-contentful-paint")[0].startTime))
				.observe({type: "paint", buffered: true}))`, chromedp.EvalAwaitPromise))))
		ready = append(ready, must(html.Get(page, chromedp.Evaluate[float64](
			`performance.getEntriesByName("ready")[0].startTime`))))
		for _, query := range htmlQueries {
			filters[query] = append(filters[query], must(html.Get(page, chromedp.Evaluate[float64](fmt.Sprintf(search, query)))))
		}
		page.Close()
	}
	t := newTable("with 5,000 violations", "median, ms", "slowest, ms")
	t.row("first contentful paint", median(paints), slices.Max(paints))
	t.row("the whole list is usable", median(ready), slices.Max(ready))
	for _, query := range htmlQueries {
		t.row("filter by `"+query+"`", median(filters[query]), slices.Max(filters[query]))
	}
	t.note("Goals: 1 s to the first paint, 100 ms to filter. %d rounds in one headless Chromium, each a new tab. The page has %.1f MB.",
		rounds, float64(must(os.Stat(path)).Size())/1e6)
	return t
}

// must returns a value, and ends the attempt when there is an error.
func must[T any](value T, err error) T {
	if err != nil {
		standin.TB{}.Fatalf("%w", err)
	}
	return value
}
