package main

import "testing"

func TestTable(t *testing.T) {
	table := newTable("python", "µs", "n")
	table.row("3.8", 1.5, 12)
	table.row("3.12.1-shared", 0.0, "none")
	table.note("%d rows.", 2)
	want := "" +
		"| python        |   µs |    n |\n" +
		"| ------------- | ---: | ---: |\n" +
		"| 3.8           | 1.50 |   12 |\n" +
		"| 3.12.1-shared | 0.00 | none |\n" +
		"\n2 rows.\n"
	if got := table.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
