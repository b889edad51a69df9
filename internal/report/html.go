//go:build !gilwatch_shim

package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"io"
	"strings"
)

// page is the HTML report's parts: a template, styles, and scripts, a file for each concept.
//
//go:embed html
var page embed.FS

// scripts are the scripts in the order in which they run, as one.
var scripts = []string{"data.js", "dom.js", "filter.js", "timeline.js", "list.js", "frames.js", "detail.js", "overview.js", "keys.js", "main.js"}

var pageTemplate = template.Must(template.ParseFS(page, "html/page.html"))

// htmlPage is what the template is filled with.
type htmlPage struct {
	Title, Command, Totals string
	Style                  template.CSS
	Script, Data           template.JS
	Policy                 string // content security policy: our own script and style, and no network
}

// writeHTML writes one page that needs nothing beside it and no network: the data in JSON,
// and a script that shows it. Thousands of violations are one list of which only what is seen
// is drawn.
func writeHTML(w io.Writer, r *Report, o Options) error {
	style, err := page.ReadFile("html/style.css")
	if err != nil {
		return err
	}
	script, err := joinScripts()
	if err != nil {
		return err
	}
	contents, command := newHTMLData(r, o), words(r.Run.Command)
	data, err := json.Marshal(contents) // escapes <, > and &
	if err != nil {
		return err
	}
	return pageTemplate.Execute(w, htmlPage{
		Title: fit("gilwatch: "+command, 100), Command: command, Totals: contents.Totals,
		Style: template.CSS(style), Script: template.JS(script), Data: template.JS(escapeUnprintable(data)),
		Policy: "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src '" + hashOf(string(style)) +
			"'; script-src '" + hashOf(script) + "'",
	})
}

// joinScripts makes one script of all, so that none of their names is the page's. It runs when
// the head of the page was painted: reading thousands of violations takes a moment.
func joinScripts() (string, error) {
	var all strings.Builder
	all.WriteString("\"use strict\";\nrequestAnimationFrame(() => setTimeout(() => {\n")
	for _, name := range scripts {
		b, err := page.ReadFile("html/" + name)
		if err != nil {
			return "", err
		}
		all.Write(b)
	}
	all.WriteString("}));\n")
	return all.String(), nil
}

// hashOf is a source of a content security policy (CSP level 3, 2.3.1).
func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
