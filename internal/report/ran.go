package report

import "slices"

// ran are the processes that a violation happened in, as a report of its own knows them. Merge
// keeps them: in containers most processes have the same few pids.
type ran struct {
	in   []*Process // that of PID first
	died *Process   // the one that the violation was the end of; nil: none, or it is not known
}

// and adds those of the same violation elsewhere, behind r's own: thousands of reports add one
// each. Some may then be there twice.
func (r ran) and(other ran) ran {
	if r.died == nil {
		r.died = other.died
	}
	r.in = append(r.in, other.in...)
	return r
}

// pidIndex is the processes of a report by pid, the latest first.
type pidIndex map[int][]*Process

func newPIDIndex(processes []Process) pidIndex {
	index := pidIndex{}
	for i := range processes {
		p := &processes[len(processes)-1-i]
		index[p.PID] = append(index[p.PID], p)
	}
	return index
}

// ran finds the processes of a violation of the same report.
func (x pidIndex) ran(v *Violation) ran {
	var r ran
	for _, pid := range union([]int{v.PID}, v.Processes) {
		r.in = append(r.in, x.with(pid, v)...)
	}
	if !v.Fatal {
		return r
	}
	i := slices.IndexFunc(r.in, func(p *Process) bool { return p.Signal != nil })
	if i < 0 {
		return r
	}
	if r.died = r.in[i]; r.died.PID == v.PID { // and not the other one with that pid
		r.in = union([]*Process{r.died}, r.in)
	}
	return r
}

// with are the processes with this pid that can have been the violation's. There are several
// where one executed another program, where the number was used again, and in a report that
// was merged of several. One whose record was cut off is nothing but its pid.
func (x pidIndex) with(pid int, v *Violation) []*Process {
	all := x[pid]
	if len(all) == 0 {
		all = []*Process{{PID: pid}}
		if x != nil {
			x[pid] = all
		}
	}
	all = narrowed(all, func(p *Process) bool { return p.Watched })
	all = narrowed(all, func(p *Process) bool { return p.Python != nil && slices.Contains(v.Pythons, *p.Python) })
	return narrowed(all, func(p *Process) bool { return livedDuring(p, v) })
}

// narrowed are those that fit, or all if none does.
func narrowed(processes []*Process, fits func(*Process) bool) []*Process {
	if len(processes) < 2 {
		return processes
	}
	var fitting []*Process
	for _, p := range processes {
		if fits(p) {
			fitting = append(fitting, p)
		}
	}
	if len(fitting) == 0 {
		return processes
	}
	return fitting
}

// livedDuring tells whether nothing says that the process ended before the violation was first
// seen, or began after it was last seen.
func livedDuring(p *Process, v *Violation) bool {
	ended := p.Ended != nil && v.FirstSeen != nil && p.Ended.Before(*v.FirstSeen)
	begun := p.Started != nil && v.LastSeen != nil && p.Started.After(*v.LastSeen)
	return !ended && !begun
}
