package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/internal/settings"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

//go:generate go test . -run TestDocs -update

var update = flag.Bool("update", false, "write the generated pages of docs")

// docsFolder is where the generated pages are.
const docsFolder = "../../docs"

// TestDocs holds that the pages made from the commands and their flags are those of docs.
func TestDocs(t *testing.T) {
	pages := map[string][]byte{"settings.md": settingsPage(newApp().root())}
	addManPages(t, newApp().root(), pages)
	if old, _ := filepath.Glob(docsFolder + "/man/*.1"); !*update {
		for _, path := range old {
			if pages["man/"+filepath.Base(path)] == nil {
				t.Errorf("%s is the page of no command", path)
			}
		}
	}
	for name, want := range pages {
		path := filepath.Join(docsFolder, name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is stale (%v): run make generate", path, err)
		}
	}
}

// addManPages adds the page of a command and those of its subcommands.
func addManPages(t *testing.T, cmd *cobra.Command, pages map[string][]byte) {
	t.Helper()
	cmd.DisableAutoGenTag = true // it has a date
	header := &doc.GenManHeader{Section: "1", Date: new(time.Time), Source: "gilwatch", Manual: "gilwatch"}
	var page bytes.Buffer
	if err := doc.GenMan(cmd, header, &page); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(page.String(), `"Jan 0001"`, `""`, 1)
	pages["man/"+strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1"] = []byte(text)
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			addManPages(t, sub, pages)
		}
	}
}

// settingsPage is the table of all flags, in the order of their names.
func settingsPage(root *cobra.Command) []byte {
	type row struct {
		flag     *pflag.Flag
		commands []string
	}
	rows := map[string]*row{}
	var names []string
	eachFlag(root, func(cmd *cobra.Command, f *pflag.Flag) {
		if !settings.IsSetting(f) {
			return
		}
		if rows[f.Name] == nil {
			rows[f.Name] = &row{flag: f}
			names = append(names, f.Name)
		}
		command := cmd.Name()
		if cmd == root {
			command = "all"
		}
		rows[f.Name].commands = append(rows[f.Name].commands, command)
		if command == "run" {
			rows[f.Name].flag = f // whose words suit the table best
		}
	})
	slices.Sort(names)
	var b bytes.Buffer
	b.WriteString(settingsHead)
	for _, name := range names {
		r := rows[name]
		placeholder, usage := pflag.UnquoteUsage(r.flag)
		if placeholder != "" {
			placeholder = " " + placeholder
		}
		slices.Sort(r.commands)
		initial := "none"
		if list, ok := r.flag.Value.(pflag.SliceValue); r.flag.DefValue != "" && (!ok || len(list.GetSlice()) > 0) {
			initial = "`" + r.flag.DefValue + "`"
		}
		cells := []string{"`--" + name + placeholder + "`", "`" + settings.Variable(name) + "`", "`" + name + "`: " + settings.Kind(r.flag),
			initial, usage, strings.Join(r.commands, ", ")}
		for i := range cells {
			cells[i] = strings.NewReplacer("|", `\|`, "*", `\*`).Replace(cells[i])
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	return b.Bytes()
}

const settingsHead = `# Settings

<!-- Made from the flags' definitions by make generate. -->

Each flag can stand on the command line, in the environment, and in ` + "`pyproject.toml`" + ` under
` + "`[tool.gilwatch]`" + `. The command line wins over the environment, and that over the file. A list
takes the place of the whole list of the weaker source.

    [tool.gilwatch]
    report = ["json=gil.json", "junit=gil.xml"]
    suppressions = "tests/known.supp"
    fail-on = "warning"
    notes = true
    error-exitcode = 66
    wait-children = "30s"

- Keys are the flags' names, also with ` + "`_` for `-`" + `. A list may be one string.
- The file is the nearest ` + "`pyproject.toml`" + ` with that table, from the working folder upwards. Its
  relative paths start from its folder.
- A key that no command has, a wrong value, or a path that cannot be read or written, ends gilwatch
  with status 125 before the command starts, and the file, line and key are named. A key of another
  command is fine.
- A file without our table is never a reason to fail, not even a broken one. One that cannot be
  read is passed over with a warning, and so is another user's in a folder that all may write to.
- In the environment, the values of a flag that is repeatable stand on lines of their own:
  ` + "`GILWATCH_REPORT=$'json=gil.json\\njunit=gil.xml'`" + `. PIDs may stand behind
  commas, too. An empty variable is an empty list for such a flag, and for any other as if it were
  not set. One whose name is nearly a setting's is named in a warning.
- ` + "`gilwatch completion bash|zsh|fish`" + ` prints completions; ` + "`man docs/man/gilwatch-run.1`" + ` shows a
  manual page.

| flag | environment | TOML | default | meaning | commands |
| --- | --- | --- | --- | --- | --- |
`
