package suite

import (
	"os"
	"os/signal"
	"syscall"
)

// interrupted is closed when the campaign is told to end. That the signals are caught also
// gives the tests their default: a shell starts what it runs in the background with SIGINT
// ignored, and test_asyncio then waits for one for ever.
func interrupted() <-chan struct{} {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	end := make(chan struct{})
	go func() {
		<-signals
		close(end)
	}()
	return end
}
