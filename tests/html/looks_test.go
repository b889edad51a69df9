package html

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestLooks writes pictures of the report, to be looked at, in light and dark, wide and
// narrow; GILWATCH_TEST_PICTURES names a folder that keeps them. It checks what a picture
// must have: light is light, dark is dark, and nothing sticks out at the side.
func TestLooks(t *testing.T) {
	folder := t.TempDir()
	if chosen := os.Getenv("GILWATCH_TEST_PICTURES"); chosen != "" {
		folder = chosen
	}
	p := open(t, browser(t), written(t, "looks", Many(200)), Screen{1280, 900, false})
	for _, s := range []Screen{{1280, 900, false}, {1280, 900, true}, {400, 900, true}, {400, 900, false}} {
		if err := p.Turn(s); err != nil {
			t.Fatal(err)
		}
		picture := get(t, p, chromedp.FullScreenshot(100))
		file := filepath.Join(folder, fmt.Sprintf("report-%d-dark-%v.png", s.Width, s.Dark))
		if err := os.WriteFile(file, picture, 0o644); err != nil {
			t.Fatal(err)
		}
		brightness := evaluate[float64](t, p,
			`getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)`)
		if (brightness < 3*128) != s.Dark {
			t.Errorf("%+v: the background's components add up to %v", s, brightness)
		}
		if over := evaluate[int](t, p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("%+v: the page is %d pixels wider than the window", s, over)
		}
	}
}
