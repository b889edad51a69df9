package report

import (
	"fmt"
	"path"
	"strconv"
)

// Name is the frame's function for reading: without parameters, and without template
// arguments when it is long; "?" when it is not known. It is clean (see Clean).
func (f Frame) Name() string {
	if f.Function == nil || *f.Function == "" {
		return "?"
	}
	return Clean(shortName(*f.Function))
}

// Place is the file's name without its folder, and the line: "file.c:12". It is "" when the
// file is not known, and clean (see Clean).
func (f Frame) Place() string {
	if f.File == nil {
		return ""
	}
	return place(path.Base(*f.File), f.Line)
}

// place is a file's clean name, with a line if that is known.
func place(file string, line *int) string {
	file = Clean(file)
	if line != nil {
		file += ":" + strconv.Itoa(*line)
	}
	return file
}

// moduleFile is the module's file name with its tags.
func moduleFile(f Frame) string {
	if f.Module == nil {
		return "no module"
	}
	return Clean(path.Base(*f.Module))
}

// modulePlace is the module's name without its tags, and the offset.
func modulePlace(f Frame) string {
	if f.Module == nil {
		return "no module"
	}
	return Clean(ModuleName(*f.Module)) + offset(f)
}

func offset(f Frame) string {
	if f.Offset == nil {
		return ""
	}
	return fmt.Sprintf("+%#x", *f.Offset)
}
