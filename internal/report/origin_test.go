package report

import (
	"reflect"
	"testing"
)

func TestOriginOf(t *testing.T) {
	in := func(function, file, module string) Frame {
		f := Frame{Module: &module}
		if function != "" {
			f.Function = &function
		}
		if file != "" {
			f.File = &file
		}
		return f
	}
	const ext = "/site/ext.so"
	for _, test := range []struct {
		frame Frame
		want  Origin
	}{
		{in("nanobind::capsule::capsule(void const*)", "", ext), Nanobind},
		{in("capsule_new", "/venv/site-packages/nanobind/src/common.cpp", ext), Nanobind},
		{in("void pybind11::detail::argument_loader<>::call<f()>()", "", ext), Pybind11},
		{in("pybind11_init_ext::(anonymous)::operator()", "/src/ext.cpp", ext), Own},
		{in("pybind11::detail::type_caster<Mine, void>::cast", "/src/casters.h", ext), Own},
		{in("pybind11::detail::type_caster<int, void>::cast", "/v/include/pybind11/cast.h", ext), Pybind11},
		{in("boost::python::api::object::object", "/usr/include/boost/python/object_core.hpp", ext), BoostPython},
		{in("pyo3::marker::Python::detach<T>", "/c/.cargo/registry/src/index/pyo3-0.29.0/src/marker.rs", ext), PyO3},
		{in("work", "/home/user/pyo3-extension/src/lib.rs", ext), Own},
		{in("<alloc::vec::Vec<T> as core::ops::drop::Drop>::drop", "", ext), Std},
		{in("<ext::Held as core::ops::drop::Drop>::drop", "", ext), Own},
		{in("rayon::spawn", "/c/.cargo/registry/src/index/rayon-1.0/src/lib.rs", ext), Crates},
		{in("std::thread::thread<f()::<lambda()> >", "", ext), Std},
		{in("stdlike::f", "", ext), Own},
		{in("__Pyx_PyObject_Call", "", ext), Cython},
		{in("__pyx_pf_3ext_f", "/src/ext.pyx", ext), Own},
		{in("_wrap_f", "/src/ext_wrap.cxx", ext), Own},
		{in("SWIG_Python_Thread_Allow::end()", "/src/ext_wrap.cxx", ext), SWIG},
		{in("cdata_call", "", "/site/_cffi_backend.cpython-312-x86_64-linux-gnu.so"), CFFI},
		{in("_ctypes_callproc", "", "/lib-dynload/_ctypes.cpython-312-x86_64-linux-gnu.so"), CTypes},
		{in("", "", "/usr/lib/libffi.so.8"), LibFFI},
		{in("", "", "/usr/lib/libstdc++.so.6"), Std},
		{in("main", "", "/usr/bin/python3.12"), Interpreter},
		{in("main", "/src/embed.c", "/src/embed"), Own},
		{in("_start", "", "/src/embed"), Libc},
		{in("start_thread", "", "/lib/libc.so.6"), Libc},
		{in("", "", "/site/libcudart.so.12"), Own},
		{in("Py_DECREF", "/opt/include/python3.12/object.h", ext), Interpreter},
		{Frame{Interpreter: true}, Interpreter},
		{Frame{}, Own},
		{Frame{Function: new("nanobind::f"), Nearest: true, Module: new(ext)}, Own},
	} {
		if got := OriginOf(test.frame); got != test.want {
			t.Errorf("%v %v: got %q, want %q", test.frame.Function, test.frame.File, got, test.want)
		}
	}
}

func TestOwnFrame(t *testing.T) {
	stack := fatalViolation().NativeStack
	for name, test := range map[string]struct {
		frames []Frame
		want   int
	}{
		"below the binding": {stack, 2}, "none": {stack[3:], -1}, "empty": {nil, -1}, "no module": {[]Frame{{}, stack[2]}, 1},
	} {
		if got := OwnFrame(test.frames); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
}

func TestFoldFrames(t *testing.T) {
	own, nb, py := frame("f", extension, 1), frame("nanobind::f", extension, 2), frame("g", libpython, 3)
	for name, test := range map[string]struct {
		frames []Frame
		want   []stackLine
	}{
		"empty":         {nil, nil},
		"own alone":     {[]Frame{own, own}, []stackLine{{index: 0}, {index: 1}}},
		"one is shown":  {[]Frame{own, py}, []stackLine{{index: 0}, {index: 1}}},
		"two are not":   {[]Frame{own, nb, py}, []stackLine{{index: 0}, {1, 2, []Origin{Nanobind, Interpreter}}}},
		"inside own":    {[]Frame{nb, nb, nb, own}, []stackLine{{index: 0}, {index: 1}, {index: 2}, {index: 3}}},
		"far inside":    {[]Frame{nb, nb, py, nb, own}, []stackLine{{index: 0}, {1, 2, []Origin{Nanobind, Interpreter}}, {index: 3}, {index: 4}}},
		"no own":        {[]Frame{nb, nb, py, py}, []stackLine{{index: 0}, {1, 3, []Origin{Nanobind, Interpreter}}}},
		"between owned": {[]Frame{own, nb, nb, own}, []stackLine{{index: 0}, {1, 2, []Origin{Nanobind}}, {index: 3}}},
	} {
		if got := foldFrames(test.frames, 1); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}
