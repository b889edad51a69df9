package program

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/cilium/ebpf"
)

// privateStack is BPF_PRIV_STACK_MIN_SIZE of include/linux/bpf.h: from there on kernels since
// 6.13 give a subprogram a stack of its CPU, though a uprobe's programs can be preempted.
const privateStack = 64

var stackDepth = regexp.MustCompile(`stack depth ([0-9+]+)`)

// The programs load, and none needs a private stack.
func TestStackDepth(t *testing.T) {
	var o gilwatchObjects
	err := loadGilwatchObjects(&o, &ebpf.CollectionOptions{Programs: ebpf.ProgramOptions{LogLevel: ebpf.LogLevelStats}})
	if err != nil {
		t.Skipf("the programs cannot be loaded here: %v", err) // tests/attach fails where they should
	}
	defer o.Close()
	for name, p := range map[string]*ebpf.Program{"call": o.Call, "loaded": o.gilwatchPrograms.Loaded} {
		m := stackDepth.FindStringSubmatch(p.VerifierLog)
		if m == nil {
			t.Fatalf("%s: the verifier says nothing of its stack:\n%s", name, p.VerifierLog)
		}
		for depth := range strings.SplitSeq(m[1], "+") {
			if n, _ := strconv.Atoi(depth); n >= privateStack {
				t.Errorf("%s: %s bytes of stack (%s)", name, depth, m[1])
			}
		}
	}
}
