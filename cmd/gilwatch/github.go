package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// The variables that GitHub Actions sets for a step.
const (
	stepSummaryVariable = "GITHUB_STEP_SUMMARY" // a file whose markdown is shown with the job
	workspaceVariable   = "GITHUB_WORKSPACE"    // the top of the repository
)

// maxStepSummary is what GitHub takes of a step's summary, in bytes.
const maxStepSummary = 1 << 20

// openStepSummary opens the step's summary to append to it; nil when GitHub gives none.
func openStepSummary() (*os.File, error) {
	path := os.Getenv(stepSummaryVariable)
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return nil, hinted(fmt.Errorf("write the step's summary: %w", err), "check the path in "+stepSummaryVariable)
	}
	return f, nil
}

// appendStepSummary adds the report in markdown to the step's summary, when there is one.
func (a *app) appendStepSummary(r *report.Report, flags *reportFlags) error {
	f, err := openStepSummary()
	if f == nil {
		return err
	}
	defer f.Close()
	used := int64(0)
	if info, err := f.Stat(); err == nil {
		used = info.Size()
	}
	if used >= maxStepSummary {
		return nil // GitHub shows none of a larger one
	}
	options := a.textOptions(f, flags)
	options.MaxBytes = int(maxStepSummary - used)
	var b bytes.Buffer
	if err := report.Write(&b, "markdown", r, options); err != nil {
		return err
	}
	if int64(b.Len())+used > maxStepSummary {
		return nil
	}
	if _, err := f.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the step's summary: %w", err)
	}
	return f.Close()
}

// pathRoot is the folder from which code hosts want paths: the top of the repository when
// the working folder lies in it, "" where that is not known.
func pathRoot(cwd string, lookup func(string) (string, bool)) string {
	workspace, ok := lookup(workspaceVariable)
	if !ok || !filepath.IsAbs(workspace) {
		return ""
	}
	workspace = filepath.Clean(workspace)
	if cwd != workspace && !strings.HasPrefix(cwd, workspace+"/") {
		return ""
	}
	return workspace
}
