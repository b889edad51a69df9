// Package pystack tests internal/pystack on real interpreters.
package pystack

import (
	"bufio"
	"debug/elf"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/tests/pythons"
)

// Find returns the interpreter of process pid, which runs py.
func Find(pid int, py pythons.Python) (pystack.Interpreter, error) {
	version, err := capi.ParseVersion(py.Version)
	if err != nil {
		return pystack.Interpreter{}, err
	}
	path, base, err := mapped(pid, py)
	if err != nil {
		return pystack.Interpreter{}, err
	}
	address, err := runtimeSymbol(path)
	if err != nil {
		return pystack.Interpreter{}, err
	}
	return pystack.Interpreter{Version: version, Runtime: base + address}, nil
}

// mapped returns the file that defines the C API and where its first page is mapped.
func mapped(pid int, py pythons.Python) (path string, base uint64, err error) {
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return "", 0, err
	}
	defer maps.Close()
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 6 || fields[2] != "00000000" {
			continue
		}
		if path = fields[5]; path != py.Path && !strings.HasSuffix(path, "/"+py.Library) {
			continue
		}
		if path == py.Path && !py.Static {
			continue
		}
		start, _, _ := strings.Cut(fields[0], "-")
		base, err := strconv.ParseUint(start, 16, 64)
		return path, base, err
	}
	return "", 0, fmt.Errorf("process %d maps no interpreter of %s", pid, py.Path)
}

// runtimeSymbol returns the distance of _PyRuntime from the file's first page in memory.
func runtimeSymbol(path string) (uint64, error) {
	file, err := elf.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	symbols, err := file.DynamicSymbols()
	if err != nil {
		return 0, err
	}
	var first uint64
	for _, segment := range file.Progs {
		if segment.Type == elf.PT_LOAD {
			first = segment.Vaddr &^ 0xfff
			break
		}
	}
	for _, symbol := range symbols {
		if symbol.Name == "_PyRuntime" {
			return symbol.Value - first, nil
		}
	}
	return 0, fmt.Errorf("%s exports no _PyRuntime", path)
}
