package main

import (
	"io"
	"time"

	"github.com/rs/zerolog"
)

// newLog returns a log of the named least level: lines for people, or JSON.
func newLog(w io.Writer, level string, asJSON, color bool) (zerolog.Logger, error) {
	least, err := zerolog.ParseLevel(level)
	if err != nil {
		return zerolog.Nop(), err
	}
	if !asJSON {
		w = zerolog.ConsoleWriter{Out: w, NoColor: !color, TimeFormat: time.TimeOnly}
	}
	return zerolog.New(w).Level(least).With().Timestamp().Logger(), nil
}
