package probe

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/probe/program"
)

// NotPossibleError says that the kernel or the rights do not allow to attach.
type NotPossibleError struct {
	Reason string
	Advice string // what to do about it
	Err    error  // the system's, may be nil
}

func (e *NotPossibleError) Error() string {
	if e.Err == nil {
		return e.Reason
	}
	return fmt.Sprintf("%s: %v", e.Reason, e.Err)
}

func (e *NotPossibleError) Unwrap() error { return e.Err }

// Hint is what to do.
func (e *NotPossibleError) Hint() string { return e.Advice }

// The least kernel: uprobe_multi links.
const leastMajor, leastMinor = 6, 6

const btfFile = "/sys/kernel/btf/vmlinux"

// Try loads the programs and unloads them: what cannot be told without trying.
func Try() error {
	p, err := program.Load(1)
	if err != nil {
		return notPossible(err)
	}
	p.Close()
	return nil
}

// check says what is missing that can be told without trying.
func check() error {
	for _, fact := range Surroundings() {
		if fact.Obstacle != nil {
			return fact.Obstacle
		}
	}
	return nil
}

// Fact is one thing that matters to attaching, and what stands in the way of it.
type Fact struct {
	Name, Value string
	Obstacle    *NotPossibleError // nil: nothing
}

// Surroundings are what this kernel and this user may do.
func Surroundings() []Fact {
	return []Fact{kernelFact(), btfFact(), rightsFact(), lockdownFact(), containerFact()}
}

func kernelFact() Fact { return kernelOf(kernelRelease()) }

// kernelRelease is such as 6.18.5, with what a distribution adds; "" is not known.
func kernelRelease() string {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return ""
	}
	return unix.ByteSliceToString(name.Release[:])
}

// filtersProcesses tells whether a uprobe_multi link for a pid is for all threads of the process.
// Before 6.10 it took the calls of that one thread alone (commit 46ba0e49b642, "bpf: fix
// multi-uprobe PID filtering logic"; where it was put into older kernels, nothing is lost by not
// filtering).
func filtersProcesses(release string) bool {
	major, minor, ok := parseRelease(release)
	return ok && (major > 6 || major == 6 && minor >= 10)
}

func kernelOf(release string) Fact {
	f := Fact{Name: "kernel", Value: "Linux " + release}
	if major, minor, ok := parseRelease(release); ok && (major < leastMajor || major == leastMajor && minor < leastMinor) {
		f.Obstacle = &NotPossibleError{
			Reason: fmt.Sprintf("Linux %s has no uprobe_multi links, which came with %d.%d", release, leastMajor, leastMinor),
			Advice: "start the program under gilwatch run, which needs no kernel feature",
		}
	}
	return f
}

// parseRelease reads the numbers that a kernel's release begins with.
func parseRelease(release string) (major, minor int, ok bool) {
	first, rest, found := strings.Cut(release, ".")
	second := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	major, err1 := strconv.Atoi(first)
	minor, err2 := strconv.Atoi(second)
	return major, minor, found && err1 == nil && err2 == nil
}

func btfFact() Fact {
	f := Fact{Name: "btf", Value: btfFile}
	if _, err := os.Stat(btfFile); err != nil {
		f.Value = "missing"
		f.Obstacle = &NotPossibleError{
			Reason: "the kernel does not describe its structures", Err: err,
			Advice: "it needs CONFIG_DEBUG_INFO_BTF; in a container, mount /sys",
		}
	}
	return f
}

// The capabilities' numbers, linux/capability.h.
const (
	capSysAdmin = 21
	capPerfmon  = 38
	capBPF      = 39
)

const rightsAdvice = "run it as root, or once: setcap cap_bpf,cap_perfmon,cap_sys_ptrace+ep gilwatch; " +
	"in a container: --cap-add=BPF --cap-add=PERFMON --cap-add=SYS_PTRACE"

func rightsFact() Fact {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return Fact{Name: "rights", Value: err.Error()}
	}
	effective := capabilities(string(status))
	has := func(n uint) bool { return effective>>n&1 != 0 }
	f := Fact{Name: "rights", Value: "cap_bpf and cap_perfmon"}
	if has(capSysAdmin) {
		f.Value = "cap_sys_admin"
		return f
	}
	var missing []string
	for _, c := range []struct {
		n    uint
		name string
	}{{capBPF, "cap_bpf"}, {capPerfmon, "cap_perfmon"}} {
		if !has(c.n) {
			missing = append(missing, c.name)
		}
	}
	if len(missing) > 0 {
		f.Value = "without " + strings.Join(missing, " and ")
		f.Obstacle = &NotPossibleError{Reason: "it has no right to load eBPF programs: " + f.Value, Advice: rightsAdvice}
	}
	return f
}

// capabilities is the effective set in a /proc/PID/status.
func capabilities(status string) uint64 {
	for line := range strings.Lines(status) {
		if hex, ok := strings.CutPrefix(line, "CapEff:"); ok {
			set, _ := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
			return set
		}
	}
	return 0
}

func lockdownFact() Fact {
	f := Fact{Name: "lockdown", Value: "none"}
	raw, err := os.ReadFile("/sys/kernel/security/lockdown")
	if err != nil {
		return f
	}
	_, mode, _ := strings.Cut(string(raw), "[")
	mode, _, _ = strings.Cut(mode, "]")
	f.Value = mode
	if mode == "confidentiality" {
		f.Obstacle = &NotPossibleError{
			Reason: "kernel lockdown forbids eBPF programs to read memory",
			Advice: "boot with lockdown=integrity or none, or start the program under gilwatch run",
		}
	}
	return f
}

// containerFact says whether other processes are hidden: gilwatch sees those of its own pid
// namespace.
func containerFact() Fact {
	f := Fact{Name: "pid namespace", Value: "the machine's"}
	var stat unix.Stat_t
	if err := unix.Stat("/proc/self/ns/pid", &stat); err == nil && stat.Ino != firstPIDNamespace {
		f.Value = "a container's: processes outside of it cannot be named"
	}
	return f
}

// firstPIDNamespace is PROC_PID_INIT_INO, linux/proc_ns.h.
const firstPIDNamespace = 0xEFFFFFFC

// notPossible explains errors of loading and attaching.
func notPossible(err error) error {
	var known *NotPossibleError
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		advice := rightsAdvice
		if strings.Contains(err.Error(), "MEMLOCK") {
			advice = "raise the limit: ulimit -l unlimited"
		}
		return &NotPossibleError{Reason: "the kernel refuses eBPF programs", Advice: advice, Err: err}
	case errors.Is(err, ebpf.ErrNotSupported):
		return &NotPossibleError{Reason: "the kernel lacks what it needs", Advice: fmt.Sprintf("it needs Linux %d.%d with CONFIG_UPROBES, CONFIG_BPF_EVENTS and CONFIG_DEBUG_INFO_BTF", leastMajor, leastMinor), Err: err}
	}
	return err
}
