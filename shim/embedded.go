package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/ebitengine/purego"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/session"
)

// embedded is the collector of this process; nil while Go sleeps.
var embedded *collector.Embedded

func listen(folder string) error {
	e, err := collector.StartEmbedded(session.Open(folder), collector.Descriptor(2))
	if err != nil {
		return err
	}
	embedded = e
	fmt.Fprintf(collector.Descriptor(2), "gilwatch: no collector is running, so process %d reports here%s\n", os.Getpid(), interpreter())
	return nil
}

func finish() {
	if embedded != nil {
		embedded.Finish()
	}
}

// interpreter is the interpreter's own word on what it is, for the first line.
// Py_GetVersion may be called without a thread state (Python/getversion.c).
func interpreter() string {
	address, err := purego.Dlsym(purego.RTLD_DEFAULT, "Py_GetVersion")
	if err != nil {
		return "" // loaded RTLD_LOCAL by a host program
	}
	var version func() string
	purego.RegisterFunc(&version, address)
	number, _, _ := strings.Cut(version(), " ") // the rest names the compiler, on a line of its own
	return "; python " + number
}
