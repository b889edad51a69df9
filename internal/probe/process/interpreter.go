package process

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/pystack"
)

// Interpreter is the object that defines the C API in a process.
type Interpreter struct {
	*Object
	Release      string // "3.12.1", or "3.12" where the patch level is not told
	Version      capi.Version
	FreeThreaded bool
	Static       bool   // it is the executable
	Runtime      uint64 // address of _PyRuntime; 0 not exported
	Initialized  uint64 // address of its `initialized`; 0 not known
	Getter       Getter
	Functions    map[string]bool // exported functions of the C API
	// EndInterpreter is where Py_EndInterpreter begins and ends.
	EndInterpreter [2]uint64
	Embedded       *Embedded // nil: it exports the C API
}

// ErrNotPython is for a process without an interpreter.
var ErrNotPython = errors.New("no CPython interpreter is loaded in it")

// ErrVersion is for an interpreter that is too old.
var ErrVersion = errors.New("gilwatch knows python 3.8 and later")

// IsInterpreter tells whether an object defines the C API. Both functions must be there: an
// extension may define one of its names.
func IsInterpreter(d Dynamic) bool {
	_, version := d["Py_GetVersion"]
	_, save := d["PyEval_SaveThread"]
	return version && save
}

// ReadInterpreter looks at an object that IsInterpreter.
func ReadInterpreter(o *Object, d Dynamic, memory pystack.Memory, executable string) (*Interpreter, error) {
	in := &Interpreter{Object: o, Static: o.Path == executable, Functions: Functions(d)}
	if o.loaderless() {
		in.Embedded = o.embedded(d, in.Functions)
	}
	_, in.FreeThreaded = d["_Py_MergeZeroLocalRefcount"]
	if s, ok := d["_PyRuntime"]; ok {
		in.Runtime = o.Bias + s.Value
	}
	if s, ok := d["Py_EndInterpreter"]; ok {
		in.EndInterpreter = [2]uint64{o.Bias + s.Value, o.Bias + s.Value + s.Size}
	}
	if err := in.readVersion(d, memory); err != nil {
		return nil, err
	}
	in.Version.FreeThreaded = in.FreeThreaded
	if s, ok := d["Py_IsInitialized"]; ok {
		in.Initialized, _ = decodeInitialized(memory, o.Bias+s.Value)
	}
	name := "PyThreadState_GetUnchecked"
	getter, ok := d[name]
	if !ok {
		name = "_PyThreadState_UncheckedGet"
		getter, ok = d[name]
	}
	if !ok {
		return nil, errors.New("the interpreter exports neither PyThreadState_GetUnchecked nor _PyThreadState_UncheckedGet")
	}
	var err error
	in.Getter, err = DecodeGetter(memory, o.Bias+getter.Value)
	if global := in.Version.Minor <= 11; err == nil && global != (in.Getter.Form == Global) {
		err = ErrUnknownForm
	}
	if err != nil {
		return nil, fmt.Errorf("the machine code of %s in %s: %w", name, o.Path, err)
	}
	return in, nil
}

// Functions are those of the C API.
func Functions(d Dynamic) map[string]bool {
	functions := map[string]bool{}
	for name, s := range d {
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC && capi.IsAPI(name) {
			functions[name] = true
		}
	}
	return functions
}

// readVersion: Py_Version since 3.11; before, the text that Py_GetVersion made, which
// initialization asks for; else the name of the file.
func (in *Interpreter) readVersion(d Dynamic, memory pystack.Memory) error {
	if s, ok := d["Py_Version"]; ok {
		raw := make([]byte, 8)
		if err := memory.ReadAt(raw, in.Bias+s.Value); err != nil {
			return err
		}
		hex := binary.LittleEndian.Uint64(raw)
		in.Release = fmt.Sprintf("%d.%d.%d%s", hex>>24&0xff, hex>>16&0xff, hex>>8&0xff, level(hex))
	} else {
		in.Release = in.writtenVersion(memory)
	}
	if in.Release == "" && in.Embedded != nil {
		in.Release = in.pathVersion()
	}
	if in.Release == "" {
		if m := fileVersion.FindStringSubmatch(filepath.Base(in.Path)); m != nil {
			in.Release = m[1]
		}
	}
	version, err := capi.ParseVersion(in.Release)
	if err != nil {
		return fmt.Errorf("%s does not say which python it is", in.Path)
	}
	in.Version = version
	if version.Major != 3 || version.Minor < capi.FirstMinor {
		return fmt.Errorf("python %s: %w", in.Release, ErrVersion)
	}
	return nil
}

// level is what PY_VERSION has behind the patch level, from PY_VERSION_HEX.
func level(hex uint64) string {
	name := map[uint64]string{0xa: "a", 0xb: "b", 0xc: "rc"}[hex>>4&0xf]
	if name == "" {
		return ""
	}
	return name + strconv.FormatUint(hex&0xf, 10)
}

var (
	fileVersion = regexp.MustCompile(`^(?:lib)?python(3\.[0-9]+)`)
	pathVersion = regexp.MustCompile(`python(3\.[0-9]{1,2})\x00`) // Modules/getpath.c
	// "3.9.18 (main, Nov 23 2026, 10:00:00) \n[GCC 12.2.0]", Python/getversion.c.
	wholeVersion = regexp.MustCompile(`(3\.[0-9]{1,2}\.[0-9]{1,2}(?:(?:a|b|rc)[0-9]+)?\+?) \([^\x00()]{1,80}\) \n?\[`)
)

// pathVersion is that of the folder in which an interpreter looks for its library: before 3.11,
// one that has not begun has nothing else.
func (in *Interpreter) pathVersion() string {
	const most = 64 << 20
	s := in.ELF.Section(".rodata")
	if s == nil || s.Size > most {
		return ""
	}
	data, err := s.Data()
	if err != nil {
		return ""
	}
	if m := pathVersion.FindSubmatch(data); m != nil {
		return string(m[1])
	}
	return ""
}

// writtenVersion looks for that text where the interpreter keeps its variables.
func (in *Interpreter) writtenVersion(memory pystack.Memory) string {
	const most = 16 << 20
	for _, p := range in.ELF.Progs {
		if p.Type != elf.PT_LOAD || p.Flags&elf.PF_W == 0 || p.Memsz > most {
			continue
		}
		data := make([]byte, p.Memsz)
		if err := memory.ReadAt(data, in.Bias+p.Vaddr); err != nil {
			continue
		}
		if m := wholeVersion.FindSubmatch(data); m != nil {
			return string(m[1])
		}
	}
	return ""
}
