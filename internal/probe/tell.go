package probe

import (
	"fmt"

	"github.com/cilium/ebpf"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/probe/process"
	"github.com/gilwatch/gilwatch/internal/probe/program"
	"github.com/gilwatch/gilwatch/internal/pystack"
)

// tell puts what the programs need to know of a process into its storage.
func (s *Session) tell(t *target) error {
	p := program.Process{Id: t.id, Group: t.group}
	if s.options.Children {
		p.Follow = 1
	}
	if s.options.StopOnLoad {
		p.Stop = 1
		if !t.own {
			s.guard.add(t.pid)
		}
	}
	if in := t.interp; in != nil {
		t.oracle(in, &p)
	}
	if err := s.program.Processes.Update(int32(t.pidfd), p, ebpf.UpdateAny); err != nil {
		if died := t.alive(); died != nil {
			return died
		}
		return fmt.Errorf("process %d: tell the eBPF programs of it: %w", t.pid, err)
	}
	return nil
}

func (t *target) oracle(in *process.Interpreter, p *program.Process) {
	p.Minor, p.Place, p.More, p.Initialized, p.Runtime = uint32(in.Version.Minor), in.Getter.Place, in.Getter.More, in.Initialized, in.Runtime
	p.DtvStep = 16
	for _, o := range t.objects {
		if o.file.isMusl() {
			p.DtvStep = 8
		}
	}
	switch in.Getter.Form {
	case process.Global:
		p.Oracle = program.OracleGlobal
		t.journal.Oracle = journal.OracleGlobal
	case process.Static:
		p.Oracle = program.OracleStatic
		t.journal.Oracle = journal.OracleTLS
	case process.TLSIndex:
		p.Oracle = program.OracleDynamic
		t.journal.Oracle = journal.OracleTLS
	}
	var initialized [4]byte
	if in.Initialized != 0 && t.memory.ReadAt(initialized[:], in.Initialized) == nil && initialized != [4]byte{} {
		p.WasInitialized = 1
	}
	places, err := pystack.PlacesOf(t.memory, pystack.Interpreter{Version: in.Version, Runtime: in.Runtime})
	if err != nil {
		return
	}
	to := &p.Places
	for _, pair := range []struct {
		to   *uint32
		from int
	}{
		{&to.Interpreters, places.Interpreters}, {&to.InterpreterNext, places.InterpreterNext},
		{&to.InterpreterThreads, places.InterpreterThreads}, {&to.ThreadNext, places.ThreadNext},
		{&to.ThreadId, places.ThreadID}, {&to.ThreadFrame, places.ThreadFrame},
		{&to.ThreadCframe, places.ThreadCFrame}, {&to.CframeFrame, places.CFrameFrame},
		{&to.FrameBack, places.FrameBack}, {&to.FrameCode, places.FrameCode},
		{&to.CodeName, places.CodeName}, {&to.CodeFile, places.CodeFile}, {&to.CodeLines, places.CodeLines},
	} {
		*pair.to = uint32(pair.from)
	}
	if in.Runtime != 0 {
		to.Known = 1
	}
}
