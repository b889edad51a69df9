//go:build !gilwatch_shim

package report

// htmlFrame is a frame, native or Python, in clean text.
type htmlFrame struct {
	Name    string `json:"name"`             // short
	Full    string `json:"full,omitempty"`   // with parameters, when it differs
	Place   string `json:"place,omitempty"`  // file and line, or module and offset
	Path    string `json:"path,omitempty"`   // the file's, or the module's, whole path
	Origin  string `json:"origin,omitempty"` // "" is the extension's own
	Inlined bool   `json:"inlined,omitempty"`
	Nearest bool   `json:"nearest,omitempty"`
	Missing string `json:"missing,omitempty"` // what is not known of the extension's own, and why
}

// htmlStack is a stack under its title, innermost first.
type htmlStack struct {
	Title  string     `json:"title"`
	Frames []int      `json:"frames"` // indices into the table of frames
	Mark   int        `json:"mark"`   // the frame that the violation is about, -1 is none
	Folds  []htmlFold `json:"folds,omitempty"`
}

// htmlFold is a run of frames that is not shown at first.
type htmlFold struct {
	At    int    `json:"at"`
	N     int    `json:"n"`
	Words string `json:"words"` // "24 frames of nanobind"
}

// stacks are the stacks that are known of a violation, in the order of the text report.
func (b *htmlBuilder) stacks(v *Violation) []htmlStack {
	stacks := []htmlStack{}
	for _, s := range []struct {
		title       string
		frames      []Frame
		mark, inner int
		alone       bool // the title says something without frames
	}{
		{calledTitle(v), v.NativeStack, callerFrame(v), maxInner, false},
		{releasedTitle(v), v.ReleasedAt, -1, 1, ReleasedInside(v) != ""},
		{startedTitle(v), v.ThreadStartedAt, -1, 1, false},
	} {
		if len(s.frames) > 0 || s.alone {
			stacks = append(stacks, htmlStack{fit(s.title, maxMachineName), b.native(s.frames), s.mark, folds(s.frames, s.inner)})
		}
	}
	if len(v.PythonStack) > 0 {
		stacks = append(stacks, htmlStack{"Python", b.python(v), -1, nil})
	}
	return stacks
}

func folds(frames []Frame, inner int) []htmlFold {
	var folds []htmlFold
	for _, l := range foldFrames(frames, inner) {
		if l.folded > 0 {
			folds = append(folds, htmlFold{l.index, l.folded, l.words()})
		}
	}
	return folds
}

func (b *htmlBuilder) native(frames []Frame) []int {
	indices := []int{}
	for _, f := range frames {
		entry := htmlFrame{
			Name: fit(f.Name(), maxMachineName), Place: fit(b.text.filePlace(f), maxMachineName), Path: cleanOrNone(f.File),
			Origin: string(OriginOf(f)), Inlined: f.Inlined, Nearest: f.Nearest,
		}
		if full := cleanOrNone(f.Function); full != entry.Name {
			entry.Full = full
		}
		if entry.Place == "" {
			entry.Place, entry.Path = fit(modulePlace(f), maxMachineName), cleanOrNone(f.Module)
		}
		if f.Reason != nil && OriginOf(f) == Own {
			entry.Missing = fit(moduleFile(f)+" "+missing(f), maxMachineName)
		}
		indices = append(indices, b.frame(entry))
	}
	return indices
}

func (b *htmlBuilder) python(v *Violation) []int {
	indices := []int{}
	for _, f := range v.PythonStack {
		entry := htmlFrame{Name: fit(pythonName(f), maxMachineName), Path: cleanOrNone(f.File)}
		if f.File != nil {
			entry.Place = fit(place(b.text.pythonFile(*f.File), f.Line), maxMachineName)
		}
		indices = append(indices, b.frame(entry))
	}
	if v.PythonTruncated {
		indices = append(indices, b.frame(htmlFrame{Name: "… " + unreadFrames}))
	}
	return indices
}

// frame returns the index of a frame in the table.
func (b *htmlBuilder) frame(f htmlFrame) int {
	i, seen := b.index[f]
	if !seen {
		i = len(b.data.Frames)
		b.index[f] = i
		b.data.Frames = append(b.data.Frames, f)
	}
	return i
}
