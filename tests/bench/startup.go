package main

const startupRounds = 61

// startup is what watching adds to the shortest of programs, from its start to its exit.
func startup(b *bench) *table {
	t := newTable("python", "bare, ms", "watched, ms", "difference", "ratio")
	rounds := b.rounds(startupRounds)
	for _, py := range b.pythons {
		s := b.open()
		pairs := b.walls(command{args: []string{py.Path, "-c", "pass"}}, s, rounds)
		s.close(rounds)
		t.row(py.Name(), medianOf(pairs, pair.bareTime), medianOf(pairs, pair.watchedTime),
			medianOf(pairs, pair.difference), medianOf(pairs, pair.ratio))
	}
	t.note("Goal: 3 ms. Medians of %d pairs, by turns, with a `gilwatch run` listening.", rounds)
	return t
}
