package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// writeJSON writes the schema gilwatch.report/1, indented.
func writeJSON(w io.Writer, r *Report, _ Options) error {
	// The lists are filled in a copy: a writer does not change what it writes.
	c := *r
	c.Processes = append([]Process{}, r.Processes...)
	c.Violations = append([]Violation{}, r.Violations...)
	c.fillLists()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // names of templates stay readable
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(&c); err != nil {
		return err
	}
	_, err := w.Write(escapeUnprintable(b.Bytes()))
	return err
}

// escapeUnprintable writes as \u escapes what encoding/json leaves as it is but a
// terminal may obey: DEL, C1 controls, marks of direction. Beyond ASCII, such runes
// stand only inside of strings, and so does DEL: the meaning stays the same.
func escapeUnprintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r < 0x7f || unicode.IsPrint(r) {
			out = append(out, b[:size]...)
		} else {
			for _, unit := range utf16.AppendRune(nil, r) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
		}
		b = b[size:]
	}
	return out
}
