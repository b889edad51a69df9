package shim

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const (
	takes      = "-"
	is32Bit    = "32-bit program: the shim is 64-bit"
	isMusl     = "linked with musl: this shim needs glibc"
	isOtherCPU = "program for another CPU"
)

// elfHead is the head of a 64-bit program with one program header, PT_INTERP, at phoff.
func elfHead(machine elf.Machine, phoff uint64, phnum uint16, interpreter string) []byte {
	header := elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1},
		Type:  uint16(elf.ET_DYN), Machine: uint16(machine), Version: 1,
		Phoff: phoff, Ehsize: 64, Phentsize: 56, Phnum: phnum,
	}
	const place = 64 + 56
	program := elf.Prog64{Type: uint32(elf.PT_INTERP), Off: place, Filesz: uint64(len(interpreter) + 1)}
	var b bytes.Buffer
	for _, part := range []any{header, program, []byte(interpreter), []byte{0}} {
		_ = binary.Write(&b, binary.LittleEndian, part) // a bytes.Buffer takes everything
	}
	return b.Bytes()
}

// files makes the files that the cases below name.
type files struct {
	t      *testing.T
	folder string
}

func (f files) path(name string) string { return filepath.Join(f.folder, name) }

func (f files) file(name string, contents []byte) string {
	f.t.Helper()
	if err := os.WriteFile(f.path(name), contents, 0o755); err != nil {
		f.t.Fatal(err)
	}
	return f.path(name)
}

func (f files) script(name, interpreter string) string {
	f.t.Helper()
	return f.file(name, []byte("#!"+interpreter+"\nexit 0\n"))
}

func TestProgramRefuses(t *testing.T) {
	t.Parallel()
	f := files{t, t.TempDir()}
	glibc := elfHead(elf.EM_X86_64, 64, 1, "/lib64/ld-linux-x86-64.so.2")
	musl := elfHead(elf.EM_X86_64, 64, 1, "/lib/ld-musl-x86_64.so.1")
	small := append([]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS32), byte(elf.ELFDATA2LSB), 1}, make([]byte, 77)...)
	fifo := f.path("fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	muslPath, smallPath := f.file("musl", musl), f.file("32-bit", small)

	cases := []struct{ path, want string }{
		{f.file("glibc", glibc), takes},
		{self, takes},
		{muslPath, isMusl},
		{f.file("musl elsewhere", elfHead(elf.EM_X86_64, 64, 1, "/opt/my libc/ld-musl-x86_64.so.1")), isMusl},
		{smallPath, is32Bit},
		{f.file("arm64", elfHead(elf.EM_AARCH64, 64, 1, "/lib/ld-linux-aarch64.so.1")), isOtherCPU},
		{f.file("static", elfHead(elf.EM_X86_64, 64, 0, "")), takes},

		{f.script("script of musl", muslPath), isMusl},
		{f.script("spaces", " \t "+smallPath+" -x argument"), is32Bit},
		{f.script("script of a script", f.script("inner", muslPath)), isMusl},
		{f.script("no interpreter", ""), takes},
		{f.file("no newline", []byte("#!"+muslPath)), isMusl},
		{f.script("missing interpreter", f.path("nothing")), takes},
		{f.script("script of a fifo", fifo), takes},

		{f.file("empty", nil), takes},
		{f.file("one byte", []byte{0x7f}), takes},
		{f.file("cut in the header", musl[:63]), takes},
		{f.file("cut in the program header", musl[:64+55]), takes},
		{f.file("cut in the name", musl[:64+56+6]), takes},
		{f.file("headers behind the head", elfHead(elf.EM_X86_64, 1<<20, 0xffff, "/lib/ld-musl-x86_64.so.1")), takes},
		{f.file("headers before the file", elfHead(elf.EM_X86_64, ^uint64(0)-39, 1, "")), takes},
		{f.file("headers that wrap around", elfHead(elf.EM_X86_64, ^uint64(0)-55, 2, "")), takes},
		{f.path("nothing"), takes},
		{f.folder, takes},
		{fifo, takes},
		{"/dev/null", takes},
		{"", takes},
	}
	f.script("loop", f.path("loop"))
	cases = append(cases, struct{ path, want string }{f.path("loop"), takes})

	var paths []string
	for _, c := range cases {
		paths = append(paths, c.path)
	}
	program := of(sanitized, "programs.c", "shim/program.c").build(t, "programs")
	said := strings.Split(strings.TrimSuffix(run(t, append([]string{program}, paths...)...), "\n"), "\n")
	if len(said) != len(cases) {
		t.Fatalf("%d answers to %d files", len(said), len(cases))
	}
	for i, c := range cases {
		if said[i] != c.want {
			t.Errorf("%s: %q, want %q", filepath.Base(c.path), said[i], c.want)
		}
	}
}

// As many scripts as the kernel follows are followed, and one more is not.
func TestProgramFollowsScripts(t *testing.T) {
	t.Parallel()
	f := files{t, t.TempDir()}
	paths := []string{f.file("0", elfHead(elf.EM_X86_64, 64, 1, "/lib/ld-musl-x86_64.so.1"))}
	for i := 1; i <= 7; i++ {
		paths = append(paths, f.script(string(rune('0'+i)), paths[i-1]))
	}
	said := run(t, append([]string{of(nil, "programs.c", "shim/program.c").build(t, "programs")}, paths...)...)
	if want := strings.Repeat(isMusl+"\n", 6) + strings.Repeat(takes+"\n", 2); said != want {
		t.Errorf("scripts nested 0 to 7 deep: %q, want %q", said, want)
	}
}

// Damaged headers must not lead out of the head that was read.
func TestProgramDamagedHeaders(t *testing.T) {
	t.Parallel()
	f := files{t, t.TempDir()}
	random := rand.New(rand.NewPCG(1, 2))
	command := []string{of(sanitized, "programs.c", "shim/program.c").build(t, "programs")}
	for i := range 1000 {
		head := elfHead(elf.EM_X86_64, 64, 1, "/lib/ld-musl-x86_64.so.1")
		for range 1 + random.IntN(12) {
			head[16+random.IntN(len(head)-16)] = byte(random.Uint32())
		}
		binary.LittleEndian.PutUint16(head[18:], uint16(elf.EM_X86_64))
		command = append(command, f.file(string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676)), head))
	}
	said := strings.Split(strings.TrimSuffix(run(t, command...), "\n"), "\n")
	if len(said) != 1000 {
		t.Errorf("%d answers to 1000 files", len(said))
	}
	for _, line := range said {
		if line != takes && line != isMusl {
			t.Errorf("a damaged 64-bit program: %q", line)
		}
	}
}
