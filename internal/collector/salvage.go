package collector

import (
	"errors"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
)

// Salvage makes the report of a session whose collector is gone. How its processes ended
// is known only of those that ended by exit(); no Python stack was kept. A folder without
// a journal gives a report without a process. The error wraps journal.ErrLayout where another
// version wrote a journal.
func Salvage(s *session.Session, run Run, log zerolog.Logger) (*report.Report, error) {
	paths, err := s.Journals()
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if _, err := journal.ReadHeader(path); errors.Is(err, journal.ErrLayout) {
			return nil, err
		}
	}
	run.Running = s.Holders()
	unknown := func(*journal.Journal) (End, bool) { return End{}, false }
	return build(s, run, unknown, nil, nil, nil, log)
}
