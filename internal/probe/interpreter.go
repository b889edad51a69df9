package probe

import (
	"fmt"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/probe/process"
)

// findInterpreter looks for it among the objects, and tells the programs how to ask the
// oracle of this process.
func (s *Session) findInterpreter(t *target) error {
	for _, o := range t.objects {
		if !process.IsInterpreter(o.file.dynamic) {
			continue
		}
		in, err := process.ReadInterpreter(o.Object, o.file.dynamic, t.memory, t.journal.Exe)
		if err != nil {
			t.journal.Reason = err.Error()
			return fmt.Errorf("process %d: %w", t.pid, err)
		}
		t.interp, t.group = in, s.groupOf(in)
		t.journal.Modules[o.module].Interpreter = true
		t.journal.State, t.journal.Reason = journal.Watching, ""
		t.journal.Python, t.journal.FreeThreaded = in.Release, in.FreeThreaded
		t.journal.Build, t.journal.InterpreterBias, t.journal.Runtime = journal.Shared, in.Bias, in.Runtime
		if in.Static {
			t.journal.Build = journal.Static
		}
		t.head = make([]byte, 4096)
		if t.memory.ReadAt(t.head, in.Runtime) != nil {
			t.head = nil
		}
		t.journal.FunctionsWatched = t.functionsWatched()
		return s.tell(t)
	}
	return nil
}

// groupOf numbers the sets of rules: those of a version.
func (s *Session) groupOf(in *process.Interpreter) uint32 {
	group := uint32(in.Version.Minor) << 1
	if in.FreeThreaded {
		group |= 1
	}
	return group
}

func (t *target) functionsWatched() int {
	n := 0
	for name := range t.interp.Functions {
		if capi.Lookup(name, t.interp.Version).Watched() {
			n++
		}
	}
	return n
}
