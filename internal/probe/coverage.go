package probe

import (
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/probe/process"
	"github.com/gilwatch/gilwatch/internal/probe/site"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// Coverage is what an attach could watch of extension modules, and what it could not.
type Coverage struct {
	Modules     int // that call the C API
	Sites       int
	Gaps        site.Gaps
	Undescribed int // modules whose code .eh_frame does not describe
	Unread      int // files that cannot be read, or are too large to be looked through here
}

// largestLooked bounds the files that CoverageOf looks through: it is for a command that
// answers at once.
const largestLooked = 64 << 20

// CoverageOf looks through the extension modules below folders, as an interpreter of the
// version would use them. It is the file that defines the C API.
func CoverageOf(interpreter string, version capi.Version, folders []string) (Coverage, error) {
	o, err := process.Unmapped(interpreter)
	if err != nil {
		return Coverage{}, err
	}
	defer o.Close()
	functions := process.Functions(o.Defined())
	var c Coverage
	var mu sync.Mutex
	files := make(chan string)
	var done sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		done.Go(func() {
			for path := range files {
				m, err := scanFile(path, version, functions)
				mu.Lock()
				c.add(m, err)
				mu.Unlock()
			}
		})
	}
	for _, folder := range folders {
		_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".so") {
				files <- path
			}
			return nil // what cannot be entered is not looked at
		})
	}
	close(files)
	done.Wait()
	return c, nil
}

func scanFile(path string, version capi.Version, functions map[string]bool) (*site.Module, error) {
	file, parsed, err := symbols.OpenELF(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Size() > largestLooked {
		return nil, fs.ErrInvalid
	}
	return site.Scan(parsed, func(name string) bool {
		return functions[name] && capi.Lookup(name, version).Watched()
	}, nil)
}

func (c *Coverage) add(m *site.Module, err error) {
	if err != nil {
		c.Unread++
		return
	}
	if m.Imports == 0 {
		return
	}
	c.Modules++
	c.Sites += len(m.Sites)
	c.Gaps.Undecoded += m.Gaps.Undecoded
	c.Gaps.Conditional += m.Gaps.Conditional
	c.Gaps.Addresses += m.Gaps.Addresses
	if m.Gaps.Undescribed {
		c.Undescribed++
	}
}
