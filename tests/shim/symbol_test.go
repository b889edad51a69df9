package shim

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// manySymbols is a library's source and the names to look up in it: 2,000 that it defines,
// as many that it does not, and two that it takes from libc.
func manySymbols() (source, names string) {
	var c, n strings.Builder
	c.WriteString("int puts(const char *); extern char **environ;\nchar **use(void) { puts(\"\"); return environ; }\n")
	n.WriteString("+use\n-puts\n-environ\n-\n")
	for i := range 2000 {
		name := fmt.Sprintf("Py%c%s_%d", 'A'+i%26, strings.Repeat("long", i%9), i*i)
		if i%3 == 0 {
			fmt.Fprintf(&c, "int %s = %d;\n", name, i+1)
		} else {
			fmt.Fprintf(&c, "int %s(void) { return %d; }\n", name, i)
		}
		fmt.Fprintf(&n, "+%s\n-%s\n", name, name+"x")
	}
	return c.String(), n.String()
}

// gw_object_address finds what dlsym finds, by either hash table.
func TestSymbolsAgreeWithDlsym(t *testing.T) {
	t.Parallel()
	source, names := manySymbols()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "many.c"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	tool(t, "cc", "-c", "-fPIC", "-o", filepath.Join(folder, "many.o"), filepath.Join(folder, "many.c"))
	program := of(nil, "symbols.c", "shim/object.c", "shim/symbol.c").build(t, "symbols")
	for _, style := range []string{"gnu", "sysv", "both"} {
		t.Run(style, func(t *testing.T) {
			library := filepath.Join(folder, style+".so")
			tool(t, "cc", "-shared", "-Wl,--hash-style="+style, "-o", library, filepath.Join(folder, "many.o"))
			file, err := elf.Open(library)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			symbols, err := file.DynamicSymbols() // without the first, which is empty
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(program, library, style, strconv.Itoa(len(symbols)+1))
			cmd.Stdin = strings.NewReader(names)
			out, err := cmd.CombinedOutput()
			if err != nil || string(out) != "2001 2003\n" {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
