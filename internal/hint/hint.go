// Package hint says what to do about a violation: a few lines that can be acted on, in the
// vocabulary of the binding that the extension is written with. It goes by the frames alone.
package hint

import "github.com/gilwatch/gilwatch/internal/report"

// shape is a way in which the bug comes about.
type shape struct {
	name string
	is   func(c *call) bool
	say  func(c *call) string
}

// shapes are asked in this order; the first that fits speaks. What is said of a shape is
// true of all those after it as well, only less to the point.
var shapes = []shape{
	{"before-init", isBeforeInit, sayBeforeInit},
	{"exit-destructor", isExitDestructor, sayExitDestructor},
	{"after-finalize", isAfterFinalize, sayAfterFinalize},
	{"release-twice", isReleaseTwice, sayReleaseTwice},
	{"release-of-anothers", isReleaseOfAnothers, sayReleaseOfAnothers},
	{"foreign-state", isForeignState, sayForeignState},
	{"signal-handler", isSignalHandler, saySignalHandler},
	{"thread-local-destructor", isThreadLocalDestructor, sayThreadLocalDestructor},
	{"destructor-on-foreign-thread", isForeignDestructor, sayForeignDestructor},
	{"openmp-worker", isOpenMPWorker, sayOpenMPWorker},
	{"worker-never-attached", isWorker, sayWorker},
	{"ctypes", isCTypes, sayCTypes},
	{"cffi", isCFFI, sayCFFI},
	{"free-after-release", isFreeAfterRelease, sayFreeAfterRelease},
	{"destructor-released", isReleasedDestructor, sayReleasedDestructor},
	{"error-callback", isErrorCallback, sayErrorCallback},
	{"callback-released", isCallback, sayCallback},
	{"call-guard", isCallGuard, sayCallGuard},
	{"cast-released", isCast, sayCast},
	{"release-scope", isReleaseScope, sayReleaseScope},
	{"released-elsewhere", isReleased, sayReleased},
}

// For says what to do about v, "" when its frames do not tell. python is the version of the
// interpreter, "3.12.1", or "" when it is not known. A line that begins with spaces is code.
func For(v *report.Violation, python string) string {
	c := newCall(v, python)
	if s := shapeOf(c); s != nil {
		return s.say(c)
	}
	return ""
}

func shapeOf(c *call) *shape {
	for i := range shapes {
		if shapes[i].is(c) {
			return &shapes[i]
		}
	}
	return nil
}
