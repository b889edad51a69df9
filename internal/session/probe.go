package session

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/gilwatch/gilwatch/internal/target"
)

const (
	// probeLimit is how long a program that does nothing may take, on the slowest of machines.
	probeLimit = 20 * time.Second
	// maxWords is how much of what the loader wrote is told, in bytes.
	maxWords = 400
)

// RefusedError says that the dynamic loader did not load the shim.
type RefusedError struct {
	Shim  string
	Words string // what the loader wrote; "" is nothing
	Err   error  // how the program ended, if not well
}

func (e *RefusedError) Error() string {
	s := "the dynamic loader refused the shim " + e.Shim
	if e.Words != "" {
		s += ": " + e.Words
	}
	if e.Err != nil {
		s += fmt.Sprintf(" (%v)", e.Err)
	}
	return s
}

// Unwrap returns how the program ended.
func (e *RefusedError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *RefusedError) Hint() string {
	return "gilwatch needs a libc that is not older than the one it was built with, and a kernel that lets libraries be loaded from the session folder; gilwatch doctor says more"
}

// probeProgram finds a small program that the shim can be preloaded into, or "": without
// one nothing can be learnt.
func probeProgram() string {
	for _, name := range []string{"/bin/true", "/usr/bin/true", "true"} {
		if t, err := target.Inspect(name); err == nil && t.Loadable {
			return t.Path
		}
	}
	return ""
}

// probe runs a program that does nothing with the shim. A loader that cannot preload says
// so on stderr and goes on, so a word there is as bad as an end in failure. The environment
// is empty but for LD_PRELOAD: what the user set there is no fault of the shim's.
func probe(program, shim string) error {
	ctx, cancel := context.WithTimeout(context.Background(), probeLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = []string{"LD_PRELOAD=" + shim}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("%s did not end within %s", program, probeLimit)
	}
	if err == nil && stderr.Len() == 0 {
		return nil
	}
	words := strings.Join(strings.Fields(strings.ToValidUTF8(stderr.String(), "?")), " ")
	if len(words) > maxWords {
		words = strings.ToValidUTF8(words[:maxWords], "") + "…"
	}
	return &RefusedError{Shim: shim, Words: words, Err: err}
}
