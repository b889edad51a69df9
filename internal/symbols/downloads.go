//go:build !gilwatch_shim

package symbols

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// prune removes downloads, the ones used longest ago first, until those that stay
// take at most maxDownloads bytes. The one at path stays.
func (d *debuginfod) prune(path string) { prune(d.folder, path, maxDownloads) }

func prune(folder, keep string, limit int64) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return // what cannot be listed cannot be removed
	}
	var files []fs.FileInfo
	var total int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || filepath.Ext(e.Name()) != ".debug" {
			continue
		}
		total += info.Size()
		if filepath.Join(folder, e.Name()) != keep {
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return cmp.Compare(a.ModTime().UnixNano(), b.ModTime().UnixNano()) })
	for _, f := range files {
		if total <= limit {
			return
		}
		if os.Remove(filepath.Join(folder, f.Name())) == nil {
			total -= f.Size()
		}
	}
}
