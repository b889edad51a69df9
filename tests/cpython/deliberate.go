package main

import "github.com/gilwatch/gilwatch/tests/suite"

// deliberate are the calls without a thread state that CPython's tests make on purpose.
var deliberate = []suite.Deliberate{
	{Function: "PyMem_Malloc", Caller: "pymem_malloc_without_gil", Module: "_testcapi",
		Reason: "tests that the debug allocator notices (Modules/_testcapi/mem.c, up to 3.11 _testcapimodule.c)"},
	{Function: "PyObject_Malloc", Caller: "pyobject_malloc_without_gil", Module: "_testcapi",
		Reason: "tests that the debug allocator notices (Modules/_testcapi/mem.c, up to 3.11 _testcapimodule.c)"},
	{Function: "PyThreadState_Get", Caller: "crash_no_current_thread", Module: "_testcapi",
		Reason: "tests that the fatal error about it ends (Modules/_testcapimodule.c)"},
}
