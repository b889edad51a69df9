package target

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// file writes an executable file and returns its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// program compiles a C program that does nothing.
func program(t *testing.T, flags ...string) string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("no gcc")
	}
	out := filepath.Join(t.TempDir(), "program")
	cmd := exec.Command(gcc, append(flags, "-xc", "-", "-o", out)...)
	cmd.Stdin = strings.NewReader("int main(void) { return 0; }\n")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, text)
	}
	return out
}

func TestInspectCompiledPrograms(t *testing.T) {
	for _, c := range []struct {
		name  string
		flags []string
		want  string
	}{
		{"dynamic", nil, ""},
		{"dynamic, not PIE", []string{"-no-pie"}, ""},
		{"static", []string{"-static"}, "statically linked: no dynamic loader"},
		{"static PIE", []string{"-static-pie"}, "statically linked: no dynamic loader"},
		{"musl", []string{"-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1"}, "linked with musl: this shim needs glibc"},
		{"bionic", []string{"-Wl,--dynamic-linker=/system/bin/linker64"},
			`its dynamic loader, "/system/bin/linker64", is not glibc's: this shim needs glibc`},
	} {
		path := program(t, c.flags...)
		got, err := Inspect(path)
		if err != nil || got.Reason != c.want || got.Loadable != (c.want == "") || got.Program() != path {
			t.Errorf("%s: Inspect = %+v, %v, want reason %q", c.name, got, err, c.want)
		}
		if got.PassesOn != strings.HasPrefix(c.name, "static") {
			t.Errorf("%s: PassesOn = %v", c.name, got.PassesOn)
		}
	}
}

func TestInspectPrivilegedPrograms(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a file to another owner")
	}
	for _, c := range []struct {
		name     string
		uid, gid int
		mode     uint32
		want     string
	}{
		{"setuid to another", 1, 0, 0o4755, "setuid program: the dynamic loader ignores LD_PRELOAD"},
		{"setuid to ourselves", 0, 0, 0o4755, ""},
		{"another's, not setuid", 1, 1, 0o755, ""},
		{"setgid to another", 0, 1, 0o2755, "setgid program: the dynamic loader ignores LD_PRELOAD"},
		{"setgid without the group's x", 0, 1, 0o2745, ""},
	} {
		path := program(t)
		if err := os.Chown(path, c.uid, c.gid); err != nil {
			t.Fatal(err)
		}
		if err := unix.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		if got, err := Inspect(path); err != nil || got.Reason != c.want || got.Loadable != (c.want == "") {
			t.Errorf("%s: Inspect = %+v, %v, want reason %q", c.name, got, err, c.want)
		}
	}
}

func TestFileCapabilitiesAreRead(t *testing.T) {
	path := program(t)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if p, err := readPrivileges(f); err != nil || p.capabilities {
		t.Fatalf("without capabilities: %+v, %v", p, err)
	}
	// VFS_CAP_REVISION_2 with the effective bit, cap_net_raw permitted (linux/capability.h).
	raw := "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	if err := unix.Setxattr(path, "security.capability", []byte(raw), 0); err != nil {
		t.Skipf("file capabilities cannot be set here: %v", err)
	}
	if p, err := readPrivileges(f); err != nil || !p.capabilities {
		t.Errorf("with capabilities: %+v, %v", p, err)
	}
}

func TestPrivilegesAreReasonsOnlyWhenGained(t *testing.T) {
	user, root := credentials{1000, 1000, 1000, 1000, false}, credentials{}
	confined := user
	confined.noNewPrivileges = true
	for _, c := range []struct {
		name string
		file privileges
		who  credentials
		want string
	}{
		{"plain", privileges{uid: -1, gid: -1}, user, ""},
		{"setuid root", privileges{uid: 0, gid: -1}, user, "setuid program"},
		{"setuid root, for root", privileges{uid: 0, gid: -1}, root, ""},
		{"setuid on a nosuid mount", privileges{uid: 0, gid: -1, ignoredByMount: true}, user, ""},
		{"setuid without new privileges", privileges{uid: 0, gid: -1}, confined, ""},
		{"capabilities", privileges{uid: -1, gid: -1, capabilities: true}, user, "program with file capabilities"},
		{"capabilities, for root", privileges{uid: -1, gid: -1, capabilities: true}, root, ""},
		{"under a setuid gilwatch", privileges{uid: -1, gid: -1}, credentials{uid: 1000}, "gilwatch itself"},
	} {
		got := c.file.reason(c.who)
		if (got == "") != (c.want == "") || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestInspectFollowsScripts(t *testing.T) {
	program := program(t)
	t.Setenv("PATH", filepath.Dir(program)+":/bin")
	inner := file(t, "inner", "#!"+program+" -x\n")
	for _, c := range []struct {
		name, script string
		want         []string
	}{
		{"program", "#!" + program + "\n", []string{program}},
		{"blanks and argument", "#! \t" + program + " -u \n", []string{program}},
		{"no newline", "#!" + program, []string{program}},
		{"script of a script", "#!" + inner + "\n", []string{inner, program}},
		{"env", "#!/usr/bin/env program\n", []string{program}},
		{"env -S", "#!/usr/bin/env -S A=b program -u\n", []string{program}},
		{"env with an option that needs more", "#!/usr/bin/env -S -u X program\n", []string{"/usr/bin/env"}},
		{"no #! line", "exit 0\n", []string{shell}},
		{"empty", "", []string{shell}},
		{"empty #! line", "#! \n", []string{shell}},
		{"cut off in the interpreter", "#!/" + strings.Repeat("x", 300) + "\n", []string{shell}},
		{"cut off in the argument", "#!" + program + " " + strings.Repeat("x", 300) + "\n", []string{program}},
	} {
		got, err := Inspect(file(t, "script", c.script))
		if err != nil || strings.Join(got.Interpreters, " ") != strings.Join(c.want, " ") || !got.Loadable {
			t.Errorf("%s: Inspect = %+v, %v, want %q", c.name, got, err, c.want)
		}
	}
}

func TestInspectSaysWhatCannotBeExecuted(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, []byte("#!/bin/sh\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	loop := file(t, "loop", "")
	if err := os.WriteFile(loop, []byte("#!"+loop+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+"::/nowhere")
	for _, c := range []struct {
		name, argv0 string
		want        error
	}{
		{"not on PATH", "no-such-command-at-all", ErrNotFound},
		{"no such file", filepath.Join(dir, "nothing"), ErrNotFound},
		{"empty", "", ErrNotFound},
		{"on PATH without x", "plain", ErrNotExecutable},
		{"without x", plain, ErrNotExecutable},
		{"a folder", dir, ErrNotExecutable},
		{"below a file", plain + "/x", ErrNotExecutable},
		{"missing interpreter", file(t, "script", "#!/no/such/interpreter\n"), ErrNotFound},
		{"a script that is its own interpreter", loop, ErrNotExecutable},
	} {
		if got, err := Inspect(c.argv0); !errors.Is(err, c.want) {
			t.Errorf("%s: Inspect = %+v, %v, want %v", c.name, got, err, c.want)
		}
	}
}

// As execvp: a file without x is passed over for a later one.
func TestLookupPassesOver(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for dir, mode := range map[string]os.FileMode{first: 0o644, second: 0o755} {
		if err := os.WriteFile(filepath.Join(dir, "tool"), nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	got, err := lookup("tool", first+":"+second)
	if err != nil || got != filepath.Join(second, "tool") {
		t.Errorf("lookup = %q, %v", got, err)
	}
	t.Chdir(second)
	if got, err := lookup("tool", first+":"); err != nil || got != "./tool" {
		t.Errorf("lookup in an empty folder of PATH = %q, %v, want ./tool", got, err)
	}
}
