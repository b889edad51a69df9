package target

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	headSize   = 256       // BINPRM_BUF_SIZE: how much of a file the kernel looks at
	maxScripts = 5         // fs/exec.c, exec_binprm: more rewrites give ELOOP
	shell      = "/bin/sh" // runs a file of no known format, for execvp
)

var errShebang = errors.New("#! line names no interpreter")

// shebang is a script's first line.
type shebang struct {
	interpreter string
	argument    string // all that follows, one argument
}

func isScript(head []byte) bool { return bytes.HasPrefix(head, []byte("#!")) }

// readHead reads what the kernel reads of a file; the rest of the buffer is zero.
func readHead(f *os.File) ([]byte, error) {
	head := make([]byte, headSize)
	_, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return head, nil
}

// parseShebang reads the line as fs/binfmt_script.c, load_script, does. A line that
// does not end within head may be cut off in its argument, not in the
// interpreter's name.
func parseShebang(head []byte) (shebang, error) {
	line, _, ended := bytes.Cut(head[len("#!"):], []byte("\n"))
	if !ended && !bytes.ContainsAny(bytes.TrimLeft(line, " \t"), " \t\x00") {
		return shebang{}, errShebang
	}
	line, _, _ = bytes.Cut(line, []byte{0})
	text := strings.Trim(string(line), " \t")
	end := strings.IndexAny(text, " \t")
	if end < 0 {
		end = len(text)
	}
	if end == 0 {
		return shebang{}, errShebang
	}
	return shebang{text[:end], strings.Trim(text[end:], " \t")}, nil
}

// program returns the file that the line has executed: the interpreter, or what
// env(1) looks up on PATH in its stead.
func (s shebang) program() (string, error) {
	if filepath.Base(s.interpreter) == "env" {
		if name := envCommand(s.argument); name != "" {
			return lookup(name, searchPath())
		}
	}
	if err := executable(s.interpreter); err != nil {
		return "", lookupError(s.interpreter, err)
	}
	return s.interpreter, nil
}

// envCommand returns the command in env's one argument: the argument itself, or
// with -S its first word that is neither an option nor an assignment (coreutils
// env.c). It is empty for what would need more than that.
func envCommand(argument string) string {
	words := []string{argument}
	split := false
	for _, option := range []string{"-S", "--split-string=", "-vS"} {
		if text, ok := strings.CutPrefix(argument, option); ok {
			words, split = strings.Fields(text), true
			break
		}
	}
	for _, word := range words {
		switch {
		case strings.HasPrefix(word, "-"):
			if word != "-" && word != "-i" && word != "--" && word != "-0" {
				return ""
			}
		case split && strings.ContainsAny(word, `"'\$`):
			return ""
		case strings.Contains(word, "="):
		default:
			return word
		}
	}
	return ""
}
