package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestHintsAreInScripts holds that each hint of this package and of the settings stands in
// a script, behind the error that it is for.
func TestHintsAreInScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatal(scripts, err)
	}
	var said strings.Builder
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		said.WriteString(strings.NewReplacer(`\`, "", "''", "'").Replace(string(text))) // as it is, not as a pattern
	}
	found := 0
	for _, hint := range append(hintsIn(t, "."), hintsIn(t, "../../internal/settings")...) {
		found++
		if !strings.Contains(said.String(), "hint: "+hint) {
			t.Errorf("no script has the hint %q", hint)
		}
	}
	if found < 15 {
		t.Errorf("only %d hints were found in the source", found)
	}
}

// hintsIn are the beginnings of the hints in a package's source, as far as they are
// constant.
func hintsIn(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var hints []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := constantStart(hintOf(n)); ok {
				hints = append(hints, text)
			}
			return true
		})
	}
	return hints
}

// hintOf is the hint in a call of hinted or Refuse, or in a composite literal.
func hintOf(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		name, ok := n.Fun.(*ast.Ident)
		if ok && (name.Name == "hinted" || name.Name == "Refuse") {
			return n.Args[1]
		}
	case *ast.KeyValueExpr:
		if name, ok := n.Key.(*ast.Ident); ok && name.Name == "hint" {
			return n.Value
		}
	case *ast.ReturnStmt: // of func hint
		if len(n.Results) == 1 {
			if text, ok := constantStart(n.Results[0]); ok && strings.HasPrefix(text, "check ") {
				return n.Results[0]
			}
		}
	}
	return nil
}

// constantStart is the constant that an expression begins with, up to what is put in.
func constantStart(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return constantStart(e.X)
	case *ast.CallExpr: // fmt.Sprintf
		if len(e.Args) > 0 {
			return constantStart(e.Args[0])
		}
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			text, _, _ = strings.Cut(text, "%")
			return text, text != ""
		}
	}
	return "", false
}
