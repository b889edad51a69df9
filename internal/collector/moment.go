package collector

import (
	"errors"
	"sync"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/internal/report"
)

// maxMoments bounds what is kept; a session with more distinct violations has null for the
// rest.
const maxMoments = 20000

// violationKey names a violation among all journals of a session.
type violationKey struct {
	pid    int32
	serial uint32
	entry  uint64
}

// moment is what was read of a process while one of its threads waited with a violation.
type moment struct {
	python PythonStack
	holder *report.GILHolder
}

// moments keeps them until the report is made.
type moments struct {
	mu sync.Mutex
	of map[violationKey]moment
}

// read reads the process of a thread that waits with v. What cannot be read is in the error,
// and stays unknown.
func (m *moments) read(j *journal.Journal, v *journal.Violation) error {
	version, err := capi.ParseVersion(j.Python)
	if err != nil {
		return err
	}
	version.FreeThreaded = j.FreeThreaded
	memory, closer, err := pystack.ProcessMemory(int(v.Pid))
	if err != nil {
		return err
	}
	defer closer.Close()
	p := waiting{memory, pystack.Interpreter{Version: version, Runtime: j.Runtime}, j, v}
	state, stateErr := pystack.ThreadState(p.memory, p.in, pystack.Thread{ID: v.Self})
	if stateErr != nil {
		state = v.State
	}
	var now moment
	var pythonErr, holderErr error
	if state == 0 {
		pythonErr = stateErr
	} else {
		now.python, pythonErr = p.python(state)
	}
	now.holder, holderErr = p.holder(state)
	m.keep(violationKey{j.Pid, j.Serial, v.Offset}, now)
	return errors.Join(pythonErr, holderErr)
}

func (m *moments) keep(key violationKey, now moment) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of == nil {
		m.of = map[violationKey]moment{}
	}
	if len(m.of) < maxMoments {
		m.of[key] = now
	}
}

// get returns what was read for a violation, nothing if it is not known.
func (m *moments) get(j *journal.Journal, v *journal.Violation) moment {
	if m == nil {
		return moment{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.of[violationKey{j.Pid, j.Serial, v.Offset}]
}

// waiting is a process one of whose threads waits.
type waiting struct {
	memory pystack.Memory
	in     pystack.Interpreter
	j      *journal.Journal
	v      *journal.Violation
}
