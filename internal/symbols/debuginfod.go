//go:build !gilwatch_shim

package symbols

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// maxDownload is the largest debug file fetched, in bytes.
	maxDownload = 2 << 30
	// maxDownloads bounds the files kept on disk, in bytes. The ones used last stay.
	maxDownloads = 8 << 30
	// connectTimeout bounds the wait for a server's answer, downloadTimeout that for
	// all of the file.
	connectTimeout  = 10 * time.Second
	downloadTimeout = 2 * time.Minute
)

// debuginfod fetches debug files by build id from the servers in DEBUGINFOD_URLS
// (elfutils, debuginfod(8), "WEBAPI"). What was fetched is kept in the user's cache
// folder.
type debuginfod struct {
	urls   []string
	folder string
	client *http.Client
	dead   map[string]bool // servers that did not answer; they are not asked again
}

// newDebuginfod returns a client, or nil when urls, separated by spaces, names no
// server: then nothing is ever asked for over a network.
func newDebuginfod(urls string) *debuginfod {
	d := &debuginfod{dead: map[string]bool{}}
	for _, s := range strings.Fields(urls) {
		u, err := url.Parse(s)
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
			d.urls = append(d.urls, strings.TrimSuffix(s, "/"))
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil || len(d.urls) == 0 {
		return nil
	}
	d.folder = filepath.Join(cache, "gilwatch", "debuginfod")
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = connectTimeout
	d.client = &http.Client{Transport: transport, Timeout: downloadTimeout}
	return d
}

// fetch returns the path of the debug file with a build id, from the folder or from
// the first server that has it; "" when none has.
func (d *debuginfod) fetch(id string) (string, error) {
	if id == "" || strings.Trim(id, "0123456789abcdef") != "" {
		return "", fmt.Errorf("build id %q", id)
	}
	path := filepath.Join(d.folder, id+".debug")
	if _, err := os.Stat(path); err == nil {
		now := time.Now()
		os.Chtimes(path, now, now) // only decides what goes first
		return path, nil
	}
	var errs error
	for _, server := range d.urls {
		if d.dead[server] {
			continue
		}
		found, err := d.download(server+"/buildid/"+id+"/debuginfo", path)
		if found {
			d.prune(path)
			return path, nil
		}
		if err != nil {
			d.dead[server] = true
			errs = errors.Join(errs, err)
		}
	}
	return "", errs
}

// download fetches a file to path. found is false without an error when the server
// says that it has none.
func (d *debuginfod) download(from, path string) (found bool, err error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, from, nil)
	if err != nil {
		return false, err
	}
	request.Header.Set("User-Agent", "gilwatch")
	response, err := d.client.Do(request)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return false, nil
	default:
		return false, fmt.Errorf("%s: %s", from, response.Status)
	}
	if response.ContentLength > maxDownload {
		return false, fmt.Errorf("%s: %d bytes are too many", from, response.ContentLength)
	}
	if err := store(response.Body, path); err != nil {
		return false, fmt.Errorf("fetching %s: %w", from, err)
	}
	return true, nil
}

// store writes r to path, whole or not at all.
func store(r io.Reader, path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".download-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	n, err := io.Copy(file, io.LimitReader(r, maxDownload+1))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil && n > maxDownload {
		err = fmt.Errorf("more than %d bytes", maxDownload)
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
