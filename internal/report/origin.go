package report

import (
	"path"
	"slices"
	"strings"
)

// Origin says whose code a frame is, in the word that a reader knows it by.
type Origin string

// The origins. Own is what is none of the others: the extension's own code, or a
// library that it calls.
const (
	Own         Origin = ""
	Interpreter Origin = "the interpreter"
	Nanobind    Origin = "nanobind"
	Pybind11    Origin = "pybind11"
	Cython      Origin = "Cython"
	PyO3        Origin = "PyO3"
	BoostPython Origin = "Boost.Python"
	SWIG        Origin = "SWIG"
	CFFI        Origin = "cffi"
	CTypes      Origin = "ctypes"
	LibFFI      Origin = "libffi"
	OpenMP      Origin = "OpenMP"
	Std         Origin = "std"
	Libc        Origin = "libc"
	Crates      Origin = "other crates"
	System      Origin = "system headers"
)

// originRow is how frames of an origin are told: by where the function's source lies,
// by what its name starts with, by how the module's name starts.
type originRow struct {
	origin    Origin
	files     []string // parts of the path
	functions []string // starts of the name, without a return type
	modules   []string // starts of the file name
}

// originTable is asked row by row, so that what is special stands before what is general.
// Names that a generator makes out of the user's (_wrap_f, __pyx_pf_f, _cffi_f_f) are the
// user's code.
var originTable = []originRow{
	{Nanobind, []string{"/include/nanobind/", "/nanobind/src/", "/robin_map/", "/tsl/robin_"},
		[]string{"nanobind::", "nanobind_", "nb::detail::"}, []string{"libnanobind"}},
	{Pybind11, []string{"/include/pybind11/", "/pybind11/detail/"}, []string{"pybind11::"}, nil},
	{PyO3, []string{"/pyo3-0.", "/pyo3-ffi-0."}, []string{"pyo3::", "pyo3_ffi::"}, nil},
	{BoostPython, []string{"/boost/python/", "/libs/python/src/"}, []string{"boost::python::"}, []string{"libboost_python"}},
	{SWIG, nil, []string{"SWIG_", "swig::", "Swig::", "PySwigObject_", "SwigPyObject_"}, nil},
	{Cython, nil, []string{"__Pyx_", "__Pyx::"}, nil},
	{CFFI, []string{"/cffi/src/c/"}, nil, []string{"_cffi_backend."}},
	{CTypes, []string{"/Modules/_ctypes/"}, nil, []string{"_ctypes."}},
	{LibFFI, nil, []string{"ffi_call", "ffi_closure_"}, []string{"libffi"}},
	{OpenMP, nil, []string{"GOMP_", "gomp_", "__kmp", ".omp."}, []string{"libgomp", "libomp", "libiomp"}},
	{Interpreter, []string{"/include/python3", "/include/internal/pycore_"}, nil, []string{"python3", "libpython"}},
	{Std, []string{"/include/c++/", "/c++/v1/", "/rustc/", "/rustlib/", "/libstdc++-v3/"},
		[]string{"std::", "__gnu_cxx::", "__cxxabiv1::", "core::", "alloc::", "operator new", "operator delete",
			"__rust_", "__cxa_"}, stdModules},
	{Libc, nil, []string{"__libc_start_", "__libc_init_first", "start_thread", "clone3", "_start"}, libcModules},
	{Crates, []string{"/.cargo/registry/", "/cargo/registry/", "/.cargo/git/", "/cargo/git/"}, nil, nil},
	{System, []string{"/usr/include/", "/usr/local/include/"}, nil, nil},
}

// libcModules and stdModules are the files of the C library, its loader included, and of C++'s.
var (
	libcModules = []string{"libc.", "libc-", "libpthread.", "libpthread-", "ld-linux", "ld-musl", "ld-2.", "libdl.", "libdl-", "libm.", "libm-"}
	stdModules  = []string{"libstdc++", "libc++", "libgcc_s"}
)

// OriginOf tells whose code a frame is.
//
// A caster that an extension adds to its binding's namespace is the extension's own, if
// its file is known to be: both bindings ask their users to write such.
func OriginOf(f Frame) Origin {
	if f.Interpreter {
		return Interpreter
	}
	file, function, module := "", "", ""
	if f.File != nil {
		file = path.Clean(*f.File)
	}
	if f.Function != nil && !f.Nearest {
		function = rootName(*f.Function)
	}
	if f.Module != nil {
		module = path.Base(*f.Module)
	}
	for _, row := range originTable {
		if file != "" && slices.ContainsFunc(row.files, func(part string) bool { return strings.Contains(file, part) }) {
			return row.origin
		}
	}
	if file != "" && strings.Contains(function, "::type_caster<") {
		return Own
	}
	for _, row := range originTable {
		if startsWithAny(function, row.functions) || startsWithAny(module, row.modules) {
			return row.origin
		}
	}
	return Own
}

// OwnFrame returns the index of the innermost frame of the extension's own code, -1 when
// there is none: not the interpreter's, not the C library's, not a binding's.
func OwnFrame(frames []Frame) int {
	return slices.IndexFunc(frames, func(f Frame) bool {
		return OriginOf(f) == Own && (f.Function != nil || f.File != nil || f.Module != nil)
	})
}

func startsWithAny(s string, starts []string) bool {
	return slices.ContainsFunc(starts, func(start string) bool { return strings.HasPrefix(s, start) })
}

// rootName is a function's qualified name from its outermost namespace on: without a return
// type, and of Rust's "<T as Trait>" and "<T>" the type.
func rootName(function string) string {
	if len(function) > maxRootName {
		function = function[:maxRootName]
	}
	if name := strings.TrimLeft(function, "<&*"); name != function {
		return strings.TrimPrefix(name, "mut ")
	}
	return withoutReturnType(withoutParameters(function))
}

// maxRootName bounds what is read of a name, in bytes: whole namespaces and templates.
const maxRootName = 4 << 10
