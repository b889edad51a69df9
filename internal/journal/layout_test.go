package journal

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// layout.go is what `go generate` makes of the shim's header now.
func TestLayoutIsFresh(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("cgo -godefs needs gcc")
	}
	source, err := os.ReadFile("generate.go")
	if err != nil {
		t.Fatal(err)
	}
	_, command, found := strings.Cut(string(source), `//go:generate sh -c "`)
	command, _, ended := strings.Cut(command, "\"\n")
	if !found || !ended {
		t.Fatalf("generate.go has no command of the form known here:\n%s", source)
	}
	// $DOLLAR is go generate's own word; its redirection would write the file.
	command = strings.ReplaceAll(command, "${DOLLAR}", "$")
	into := strings.Replace(command, "> layout.go", "", 1)
	if into == command {
		t.Fatalf("the command does not write layout.go: %s", command)
	}
	cmd := exec.Command("sh", "-c", into)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	made, err := cmd.Output()
	if err != nil || len(made) == 0 {
		t.Fatalf("%s: %v\n%s", into, err, &stderr)
	}
	stands, err := os.ReadFile("layout.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, stands) {
		t.Errorf("layout.go is stale: run go generate ./internal/journal\nfrom shim/journal.h is made:\n%s", made)
	}
}
