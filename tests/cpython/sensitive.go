package main

import (
	"fmt"

	"github.com/gilwatch/gilwatch/tests/pythons"
)

// sensitive are the files that call the C API detached, or whose tests could notice another
// library, thread, descriptor, variable, signal handler or stack frame. They run first, in
// this order, on every build; the quick ones before those that take long.
var sensitive = []string{
	// Forks, descriptors, the environment, standard error.
	"test_fork1", "test_wait3", "test_wait4", "test_thread", "test_posix", "test_os",
	// The C API without a thread state, on purpose or by right.
	"test_faulthandler", "test_capi", "test_embed", "test_tracemalloc",
	// Threads and signals.
	"test_threadsignals", "test_signal", "test_eintr", "test_threading", "test_subprocess",
	// Loading, and addresses looked up by name.
	"test_import", "test_stable_abi_ctypes", "test_ctypes", "test_importlib",
	// Terminals, memory that is counted, warnings.
	"test_pty", "test_tty", "test_uuid", "test_gc", "test_sys", "test_cmd_line", "test_venv",
	// Deep stacks.
	"test_isinstance", "test_exceptions", "test_json", "test_call", "test_pickle", "test_zipfile",
	// Sub-interpreters.
	"test_interpreters", "test__interpreters", "test__xxinterpchannels", "test__xxsubinterpreters",
	// Long ones.
	"test_gdb", "test_concurrent_futures", "test_multiprocessing_fork", "test_multiprocessing_forkserver",
	"test_multiprocessing_spawn", "test_asyncio",
}

// short are the files of the short form, and the builds that it runs on: the oldest, the
// newest, and the one whose executable is the interpreter.
var short = map[string][]string{
	"3.8":         {"test_fork1", "test_thread", "test_posix", "test_os", "test_faulthandler", "test_capi", "test_import"},
	"3.11-static": {"test_fork1", "test_thread", "test_posix", "test_os", "test_faulthandler", "test_stable_abi_ctypes", "test_threadsignals"},
	"3.13":        {"test_fork1", "test_thread", "test_posix", "test_os", "test_faulthandler", "test_capi", "test_import", "test_wait3", "test_pty"},
}

// family is the key of a build in short: "3.12", "3.11-static".
func family(py pythons.Python) string {
	name := fmt.Sprintf("3.%d", py.Minor)
	if py.Static {
		name += "-static"
	}
	return name
}
