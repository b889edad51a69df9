package main

import (
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// prepare finds gilwatch, the interpreters and the sources.
func (b *bench) prepare(version string) {
	b.binary = watch.Binary(b)
	_, source, _, _ := runtime.Caller(0)
	b.data = filepath.Join(filepath.Dir(source), "testdata")
	for _, py := range pythons.All(b) {
		if strings.HasPrefix(py.Version, version) {
			b.pythons = append(b.pythons, py)
		}
	}
	if len(b.pythons) == 0 {
		b.Fatalf("no interpreter %s", version)
	}
}
