//go:build !gilwatch_shim

package report

import (
	"html"
	"strings"
)

// escapeMarkdown makes clean text stand for itself in GitHub's markdown: no emphasis, no
// markup, no link, and no @name, which would call somebody.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '@' || r == '#':
			// GitHub looks for names and numbers of issues in the text after it was
			// rendered, but not in code.
			b.WriteString("`" + string(r) + "`")
		case r == '<' || r == '>' || r == '&':
			b.WriteString(html.EscapeString(string(r)))
		case strings.ContainsRune("\\`*_{}[]|~!", r):
			b.WriteRune('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	// Renderers make links of bare addresses.
	return strings.NewReplacer("://", ":&#47;/", "www.", "www&#46;").Replace(b.String())
}

// codeSpan is clean text in a code span, in more backticks than it has in a row.
func codeSpan(s string) string {
	if s == "" {
		return "` `"
	}
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || fence != "`" {
		s = " " + s + " "
	}
	return fence + s + fence
}

// codeBlock is clean text in a fenced block.
func codeBlock(s string) string {
	fence := strings.Repeat("`", max(longestRun(s)+1, 3))
	return fence + "text\n" + strings.TrimRight(s, "\n") + "\n" + fence + "\n"
}

// longestRun is the length of the longest run of backticks.
func longestRun(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
