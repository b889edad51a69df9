package hint

import "github.com/gilwatch/gilwatch/internal/report"

func neverAttached(c *call) bool { return report.NeverAttached(c.Violation) }

// startedBy says what made the thread.
func (c *call) startedBy() string {
	switch frames := c.ThreadStartedAt; {
	case anyFrame(frames, "std::sys::thread", "std::thread::spawn", "std::thread::Builder", "std::sys::pal::unix::thread"):
		return "Rust's std::thread"
	case anyFrame(frames, "std::thread::", "std::__1::thread"):
		return "std::thread"
	default:
		return "pthread_create"
	}
}

func isOpenMPWorker(c *call) bool {
	return neverAttached(c) && (anyOrigin(c.ThreadStartedAt, report.OpenMP) || anyFrame(c.NativeStack, "_omp_fn"))
}

func sayOpenMPWorker(c *call) string {
	return "This is a worker thread of OpenMP, made by the parallel region in " + c.starter() + ": only the " +
		"thread that entered the region has the GIL. Keep Python objects out of the region: read them " +
		"into plain arrays before it, make them after it. If a turn must call Python, release the GIL " +
		"around the region and take it in the turn:\n" + c.acquire()
}

func isWorker(c *call) bool { return neverAttached(c) }

func sayWorker(c *call) string {
	return "This thread was made by " + c.startedBy() + " in " + c.starter() + " and never had a thread " +
		"state. Take the GIL before " + c.caller() + " uses Python:\n" + c.acquire() +
		"\nWhoever waits for this thread must release the GIL meanwhile, or both wait for ever:\n" +
		c.wordsOf(c.ThreadStartedAt, report.OwnFrame(c.ThreadStartedAt)).free
}
