package report

import "strings"

// maxRunningShown is how many processes that outlived the command are named.
const maxRunningShown = 8

// stillRunning names the processes that were alive when the report was made; "" is none.
func stillRunning(processes []Process) string {
	var named []string
	more, hint := 0, ""
	for _, p := range processes {
		if !p.Running {
			continue
		}
		if p.Backend != BackendUprobe { // attach waits for none
			hint = " (--wait-children waits for them)"
		}
		switch {
		case len(named) == maxRunningShown:
			more++
		default:
			named = append(named, processName(p))
		}
	}
	if len(named) == 0 {
		return ""
	}
	if more > 0 {
		named = append(named, plural(more, "more process", "more processes"))
	}
	return "still running, and no longer watched: " + strings.Join(named, ", ") + hint
}
