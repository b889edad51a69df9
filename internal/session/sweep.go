package session

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// keepUnread is how long the folder of a gilwatch that was killed is left for `gilwatch
// report`.
const keepUnread = 24 * time.Hour

// Sweep removes the folders that earlier runs of this user left beside this session: what
// a killed gilwatch left a day ago, and shims that were left for processes which have
// ended since. A folder that somebody runs or reads is locked, and stays. It returns the
// folders of killed ones that are still there to be read.
func (s *Session) Sweep() (unread []string, err error) {
	return sweep(filepath.Dir(s.Folder), time.Now())
}

func sweep(parent string, now time.Time) (unread []string, err error) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return nil, err
	}
	var folders []string
	for _, e := range entries {
		folder := filepath.Join(parent, e.Name())
		if !strings.HasPrefix(e.Name(), prefix) || !e.IsDir() || !isOwn(folder) {
			continue
		}
		if _, err := os.Lstat(filepath.Join(folder, runName)); err != nil {
			continue // the user's own, or one that is just being made
		}
		held, err := lockFolder(folder, unix.LOCK_EX)
		if err != nil {
			continue
		}
		defer held.close()
		folders = append(folders, folder)
	}
	if len(folders) == 0 {
		return nil, nil
	}
	inUse := holders(folders...)
	for _, folder := range folders {
		switch {
		case len(inUse[folder]) > 0:
		case isUnread(folder, now):
			unread = append(unread, folder)
		default:
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}
	return unread, err
}

// isOwn tells whether it is a folder as we make them: of this user, for nobody else.
func isOwn(folder string) bool {
	var stat unix.Stat_t
	err := unix.Lstat(folder, &stat)
	return err == nil && stat.Mode == unix.S_IFDIR|0o700 && int(stat.Uid) == os.Geteuid()
}

// isUnread tells whether a session was not closed, and something was written in it within
// keepUnread. Journals are written through mappings: their times say when they last grew.
func isUnread(folder string, now time.Time) bool {
	if _, err := os.Lstat(filepath.Join(folder, settingsName)); err != nil {
		return false // closed, and only the shim was left
	}
	for _, name := range []string{"", runName, bellName} {
		info, err := os.Lstat(filepath.Join(folder, name))
		if err == nil && now.Sub(info.ModTime()) < keepUnread {
			return true
		}
	}
	return false
}
