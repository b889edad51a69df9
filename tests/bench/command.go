package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/gilwatch/gilwatch/tests/fixture"
)

// command is what a section runs, watched or not.
type command struct {
	args    []string
	modules []fixture.Module // importable
}

// cmd is the command, watched by s unless that is nil.
func (c command) cmd(s *session) *exec.Cmd {
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Env = neutral()
	if s != nil {
		cmd.Env = append(cmd.Env, s.preload)
	}
	var folders []string
	for _, module := range c.modules {
		folders = append(folders, module.Dir)
	}
	if len(folders) > 0 {
		cmd.Env = append(cmd.Env, "PYTHONPATH="+strings.Join(folders, string(filepath.ListSeparator)))
	}
	return cmd
}

// output runs the command and returns what it printed.
func (b *bench) output(c command, s *session) []byte {
	cmd := c.cmd(s)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("run %s: %v\n%s", strings.Join(c.args, " "), err, &stderr)
	}
	return out
}

// wall runs the command and returns the milliseconds from its start, which is a vfork and
// an exec like posix_spawn's, to its exit.
func (b *bench) wall(c command, s *session) float64 {
	cmd := c.cmd(s)
	start := time.Now()
	err := cmd.Run()
	elapsed := time.Since(start)
	if err != nil {
		b.Fatalf("run %s: %v", strings.Join(c.args, " "), err)
	}
	return float64(elapsed) / float64(time.Millisecond)
}

// walls times the command with and without s, `rounds` times each and by turns, the one
// first and then the other. Two runs before that fill the caches.
func (b *bench) walls(c command, s *session, rounds int) []pair {
	b.wall(c, nil)
	b.wall(c, s)
	return byTurns(rounds, func() float64 { return b.wall(c, nil) }, func() float64 { return b.wall(c, s) })
}

// byTurns measures pairs; which of the two comes first changes from pair to pair.
func byTurns(rounds int, bare, watched func() float64) []pair {
	pairs := make([]pair, rounds)
	for i := range pairs {
		if i%2 == 0 {
			pairs[i].bare = bare()
			pairs[i].watched = watched()
		} else {
			pairs[i].watched = watched()
			pairs[i].bare = bare()
		}
	}
	return pairs
}
