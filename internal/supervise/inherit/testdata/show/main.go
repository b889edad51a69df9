// Show prints what it was started with.
package main

import (
	"fmt"

	"github.com/gilwatch/gilwatch/internal/supervise/inherit"
)

func main() {
	s := inherit.AtStart()
	fmt.Printf("ignored %#x blocked %#x closed %#x nofile %d exact %v\n",
		s.Ignored, s.Blocked, s.Closed, s.NoFile.Cur, s.Exact)
}
