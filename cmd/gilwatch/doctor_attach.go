package main

import "github.com/gilwatch/gilwatch/internal/probe"

// describeAttach says whether gilwatch attach would work here. What stands in its way is no
// obstacle to gilwatch run.
func (f *findings) describeAttach() {
	var missing []*probe.NotPossibleError
	for _, fact := range probe.Surroundings() {
		f.fact(fact.Name, "%s", fact.Value)
		if fact.Obstacle != nil {
			missing = append(missing, fact.Obstacle)
		}
	}
	if len(missing) == 0 {
		if err := probe.Try(); err != nil {
			f.fact("attach", "no: %v", err)
			if h := hint(err); h != "" {
				f.fact("", "%s", h)
			}
			return
		}
		f.fact("attach", "possible")
		return
	}
	for _, obstacle := range missing {
		f.fact("attach", "no: %v", obstacle)
		f.fact("", "%s", obstacle.Advice)
	}
}
