package report

// Module is an object file that was under watch, in any process.
type Module struct {
	Module  string  `json:"module"`
	BuildID *string `json:"build_id"`
	// Slots is the number of its GOT slots that had a gate, in the process that had
	// most.
	Slots int `json:"slots"`
}
