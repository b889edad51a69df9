package main

import (
	"fmt"

	"github.com/gilwatch/gilwatch/tests/pythons"
)

// sensitive are the files that call the C API detached, or whose tests could notice another
// library, thread, descriptor, variable, signal handler or stack frame. They run on every
// build.
var sensitive = []string{
	// The C API without a thread state, on purpose or by right.
	"test_capi", "test_embed", "test_faulthandler", "test_tracemalloc",
	"test_interpreters", "test__xxsubinterpreters", "test__interpreters", "test__xxinterpchannels",
	// Threads, forks and what is said of them.
	"test_thread", "test_threading", "test_fork1", "test_wait3", "test_wait4",
	"test_pty", "test_tty", "test_uuid", "test_concurrent_futures", "test_multiprocessing_fork",
	"test_multiprocessing_forkserver", "test_multiprocessing_spawn", "test_asyncio",
	// Standard error, the environment, descriptors.
	"test_cmd_line", "test_os", "test_posix", "test_subprocess", "test_venv", "test_zipfile", "test_gdb",
	// Signals.
	"test_signal", "test_threadsignals", "test_eintr",
	// Deep stacks.
	"test_call", "test_exceptions", "test_isinstance", "test_json", "test_pickle",
	// Loading, and addresses looked up by name.
	"test_import", "test_importlib", "test_ctypes", "test_stable_abi_ctypes",
	// Memory that is counted.
	"test_gc", "test_sys",
}

// short are the files of the short form.
var short = map[string][]string{}

// family is the key of a build in short: "3.12", "3.11-static".
func family(py pythons.Python) string {
	name := fmt.Sprintf("3.%d", py.Minor)
	if py.Static {
		name += "-static"
	}
	return name
}
