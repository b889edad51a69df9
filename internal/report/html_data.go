//go:build !gilwatch_shim

package report

import "time"

// htmlData is what the page's script reads. All foreign text in it is clean. Frames stand in
// a table of their own, since the stacks of many violations share most of theirs.
type htmlData struct {
	Summary    Summary         `json:"summary"`
	Cwd        string          `json:"cwd"`
	Host       string          `json:"host"`
	Version    string          `json:"version"`
	Started    int64           `json:"started"` // milliseconds since 1970; 0 is not known
	Finished   int64           `json:"finished"`
	Notes      bool            `json:"notes"` // whether notes are listed at first
	Totals     string          `json:"totals"`
	Processes  []htmlProcess   `json:"processes"`
	Modules    []htmlModule    `json:"modules"`
	Suppressed []Suppressed    `json:"suppressed"`
	Frames     []htmlFrame     `json:"frames"`
	Violations []htmlViolation `json:"violations"`
}

type htmlProcess struct {
	PID       int    `json:"pid"`
	Exe       string `json:"exe"`
	Args      string `json:"args"`
	Python    string `json:"python"`
	Watched   bool   `json:"watched"`
	Reason    string `json:"reason"`
	Modules   int    `json:"modules"`
	Functions int    `json:"functions"`
	End       string `json:"end"`
}

type htmlModule struct {
	Path  string `json:"path"`
	Slots int    `json:"slots"`
}

type htmlViolation struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Severity string `json:"severity"`
	Rank     int    `json:"rank"` // of the severity: 0 is the gravest
	Function string `json:"function"`
	Wrong    string `json:"wrong"`
	// Caller is the name of the function that called, Place its file and line.
	Caller  string   `json:"caller"`
	Place   string   `json:"place"`
	Module  string   `json:"module"`
	Count   uint64   `json:"count"`
	First   int64    `json:"first"`
	Last    int64    `json:"last"`
	Thread  string   `json:"thread"`
	Pids    string   `json:"pids"`
	Pythons []string `json:"pythons"`
	Tests   []string `json:"tests"`
	Fatal   string   `json:"fatal"`
	Known   bool     `json:"known"`
	Sensor  string   `json:"sensor"`
	Holder  string   `json:"holder"`
	AlsoAt  []string `json:"also_at"`
	Hint    string   `json:"hint"`
	// Source has no tabs and no common indent.
	Source      []SourceLine `json:"source"`
	Stacks      []htmlStack  `json:"stacks"`
	Suppression string       `json:"suppression"`
}

func newHTMLData(r *Report, o Options) *htmlData {
	b := &htmlBuilder{text: newText(r, Options{Root: o.Root}), index: map[htmlFrame]int{}}
	d := &b.data
	summed := *r
	Summarize(&summed)
	d.Summary, d.Version, d.Notes = summed.Summary, Clean(r.Tool.Version), o.Notes
	d.Totals = b.text.totals(true)
	d.Cwd, d.Host = cleanOrNone(r.Run.Cwd), cleanOrNone(r.Run.Host)
	d.Started, d.Finished = millis(r.Run.Started), millis(r.Run.Finished)
	d.Processes, d.Modules, d.Suppressed = []htmlProcess{}, []htmlModule{}, []Suppressed{}
	d.Frames, d.Violations = []htmlFrame{}, []htmlViolation{}
	for i := range r.Processes {
		d.Processes = append(d.Processes, htmlProcessOf(&r.Processes[i]))
	}
	for _, m := range r.Modules {
		if !m.Ignored {
			d.Modules = append(d.Modules, htmlModule{Clean(m.Module), m.Slots})
		}
	}
	for _, s := range r.Suppressed {
		d.Suppressed = append(d.Suppressed, Suppressed{Clean(s.Rule), s.Count})
	}
	violations := append([]Violation{}, r.Violations...)
	Sort(violations)
	for i := range violations {
		d.Violations = append(d.Violations, b.violation(&violations[i]))
		d.Notes = d.Notes || violations[i].Fatal && violations[i].Severity == SeverityNote
	}
	return d
}

// htmlBuilder makes the data.
type htmlBuilder struct {
	text  *text
	data  htmlData
	index map[htmlFrame]int
}

func (b *htmlBuilder) violation(v *Violation) htmlViolation {
	out := htmlViolation{
		ID: Clean(v.ID), Kind: Clean(v.Kind), Severity: Clean(v.Severity), Rank: severityRank(v.Severity),
		Function: fit(Clean(v.Function), maxMachineName), Wrong: b.text.wrong(v), Module: callerModule(v),
		Count: v.Count, First: millis(v.FirstSeen), Last: millis(v.LastSeen),
		Thread: thread(v), Pids: pids(v), Pythons: cleanAll(v.Pythons), Tests: markedTests(v),
		Fatal: b.text.fatal(v), Known: v.Known, Sensor: Clean(v.Sensor), Holder: holding(v), AlsoAt: cleanAll(v.AlsoAt),
		Source: sourceLines(v.Source), Stacks: b.stacks(v), Suppression: Suppression(v),
	}
	if p := b.text.process(v); len(out.Pythons) == 0 && p.Python != nil {
		out.Pythons = cleanAll([]string{*p.Python})
	}
	if f := Caller(v); f != nil {
		out.Caller, out.Place = fit(f.Name(), maxMachineName), fit(b.text.filePlace(*f), maxMachineName)
	}
	if v.Hint != nil {
		out.Hint = cleanLines(*v.Hint)
	}
	return out
}

// sourceLines are clean lines without what all are indented by.
func sourceLines(lines []SourceLine) []SourceLine {
	clean := []SourceLine{}
	indent := commonIndent(lines)
	for _, l := range lines {
		code := expand(l.Text)
		clean = append(clean, SourceLine{l.Line, head(code[min(indent, len(code)):], maxMachineName), l.Mark})
	}
	return clean
}

func htmlProcessOf(p *Process) htmlProcess {
	return htmlProcess{
		PID: p.PID, Exe: cleanOrNone(p.Exe), Args: words(p.Argv), Python: cleanOrNone(p.Python), Watched: p.Watched,
		Reason: cleanOrNone(p.Reason), Modules: p.ModulesWatched, Functions: p.FunctionsWatched, End: processEnd(p),
	}
}

func millis(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixMilli()
}
