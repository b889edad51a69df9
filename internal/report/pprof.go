//go:build !gilwatch_shim

package report

import (
	"io"
	"slices"
	"strconv"

	"github.com/google/pprof/profile"
)

// writePprof writes a profile in pprof's format: a sample for each violation, its value
// the number of calls. A stack begins with the C-API function, goes on through the
// extension's frames, and where those end and the interpreter begins, the Python frames
// stand in the place of the interpreter's.
func writePprof(w io.Writer, r *Report, _ Options) error {
	b := newProfileBuilder(r)
	for i := range r.Violations {
		b.sample(&r.Violations[i])
	}
	if err := b.p.CheckValid(); err != nil {
		return err
	}
	return b.p.Write(w)
}

// moduleSpan is the address space that each module is given in a profile. Modules of many
// processes, each with addresses of its own, must not overlap in it.
const moduleSpan = 1 << 40

type functionKey struct{ name, file string }

type locationKey struct {
	module string
	offset uint64
	lines  string
}

// profileBuilder keeps what samples have in common.
type profileBuilder struct {
	p         *profile.Profile
	mappings  map[string]*profile.Mapping
	functions map[functionKey]*profile.Function
	locations map[locationKey]*profile.Location
}

func newProfileBuilder(r *Report) *profileBuilder {
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "violations", Unit: "count"}},
		PeriodType: &profile.ValueType{Type: "violations", Unit: "count"},
		Period:     1,
	}
	if r.Run.Started != nil {
		p.TimeNanos = r.Run.Started.UnixNano()
		if r.Run.Finished != nil {
			p.DurationNanos = r.Run.Finished.Sub(*r.Run.Started).Nanoseconds()
		}
	}
	return &profileBuilder{p, map[string]*profile.Mapping{}, map[functionKey]*profile.Function{}, map[locationKey]*profile.Location{}}
}

func (b *profileBuilder) sample(v *Violation) {
	count := int64(min(v.Count, 1<<62))
	s := &profile.Sample{
		Value: []int64{count},
		Label: map[string][]string{
			"id": {Clean(v.ID)}, "kind": {Clean(v.Kind)}, "severity": {Clean(v.Severity)}, "sensor": {Clean(v.Sensor)},
		},
		NumLabel: map[string][]int64{"pid": {int64(v.PID)}, "tid": {int64(v.TID)}},
	}
	if v.ThreadName != nil {
		s.Label["thread"] = []string{Clean(*v.ThreadName)}
	}
	for _, test := range v.Tests {
		s.Label["test"] = append(s.Label["test"], Clean(test))
	}
	s.Location = append(s.Location, b.location(nil, []profile.Line{b.line(Clean(v.Function), "", nil)}))
	s.Location = append(s.Location, b.native(v)...)
	for _, f := range v.PythonStack {
		s.Location = append(s.Location, b.location(nil, []profile.Line{b.line(pythonName(f), orNone(f.File), f.Line)}))
	}
	b.p.Sample = append(b.p.Sample, s)
}

// native returns the native frames, up to the interpreter's when Python's follow. Frames
// that were inlined share the location of the one they were inlined into.
func (b *profileBuilder) native(v *Violation) []*profile.Location {
	frames := v.NativeStack
	if len(v.PythonStack) > 0 {
		if i := slices.IndexFunc(frames, func(f Frame) bool { return f.Interpreter }); i >= 0 {
			frames = frames[:i]
		}
	}
	var locations []*profile.Location
	var lines []profile.Line
	for i, f := range frames {
		lines = append(lines, b.line(f.Name(), orNone(f.File), f.Line))
		if !f.Inlined || i == len(frames)-1 {
			locations = append(locations, b.location(&f, lines))
			lines = nil
		}
	}
	return locations
}

// location returns the location of a frame, or of lines without an address.
func (b *profileBuilder) location(f *Frame, lines []profile.Line) *profile.Location {
	key := locationKey{}
	for _, line := range lines {
		key.lines += strconv.FormatUint(line.Function.ID, 10) + ":" + strconv.FormatInt(line.Line, 10) + " "
	}
	var mapping *profile.Mapping
	var address uint64
	if f != nil && f.Module != nil && f.Offset != nil {
		key.module, key.offset = *f.Module, *f.Offset
		mapping = b.mapping(f)
		address = mapping.Start + min(*f.Offset, moduleSpan-1)
	}
	if l := b.locations[key]; l != nil {
		return l
	}
	l := &profile.Location{ID: uint64(len(b.p.Location) + 1), Mapping: mapping, Address: address, Line: lines}
	b.locations[key] = l
	b.p.Location = append(b.p.Location, l)
	return l
}

func (b *profileBuilder) mapping(f *Frame) *profile.Mapping {
	if m := b.mappings[*f.Module]; m != nil {
		return m
	}
	id := uint64(len(b.p.Mapping) + 1)
	m := &profile.Mapping{
		ID: id, Start: id * moduleSpan, Limit: (id + 1) * moduleSpan, File: Clean(*f.Module), BuildID: orNone(f.BuildID),
		HasFunctions: true, HasFilenames: true, HasLineNumbers: true, HasInlineFrames: true,
	}
	b.mappings[*f.Module] = m
	b.p.Mapping = append(b.p.Mapping, m)
	return m
}

func (b *profileBuilder) line(name, file string, line *int) profile.Line {
	key := functionKey{name, file}
	f := b.functions[key]
	if f == nil {
		f = &profile.Function{ID: uint64(len(b.p.Function) + 1), Name: name, SystemName: name, Filename: file}
		b.functions[key] = f
		b.p.Function = append(b.p.Function, f)
	}
	l := profile.Line{Function: f}
	if line != nil {
		l.Line = int64(*line)
	}
	return l
}

func pythonName(f PythonFrame) string {
	if f.Function == nil || *f.Function == "" {
		return "?"
	}
	return Clean(*f.Function)
}

// orNone is a clean string, "" when it is not known.
func orNone(s *string) string {
	if s == nil {
		return ""
	}
	return Clean(*s)
}
