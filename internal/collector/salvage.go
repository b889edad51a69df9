package collector

import (
	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
)

// Salvage makes the report of a session whose collector is gone. How its processes ended
// is known only of those that ended by exit(); no Python stack was kept. A folder without
// a journal gives a report without a process.
func Salvage(s *session.Session, run Run, log zerolog.Logger) (*report.Report, error) {
	run.Running = s.Holders()
	unknown := func(*journal.Journal) (End, bool) { return End{}, false }
	return build(s, run, unknown, nil, nil, nil, log)
}
