package target

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// privileges are what executing a file would add.
type privileges struct {
	uid, gid       int // owner and group, if their setuid or setgid bit is set; else -1
	capabilities   bool
	ignoredByMount bool // nosuid
}

// credentials are those of the process that executes it.
type credentials struct {
	uid, euid, gid, egid int
	noNewPrivileges      bool
}

func ownCredentials() credentials {
	set, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	return credentials{os.Getuid(), os.Geteuid(), os.Getgid(), os.Getegid(), err == nil && set == 1}
}

func readPrivileges(f *os.File) (privileges, error) {
	p := privileges{uid: -1, gid: -1}
	var stat unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &stat); err != nil {
		return p, err
	}
	if stat.Mode&unix.S_ISUID != 0 {
		p.uid = int(stat.Uid)
	}
	// Without the group's x the bit means mandatory locking (fs/exec.c, bprm_fill_uid).
	if stat.Mode&unix.S_ISGID != 0 && stat.Mode&unix.S_IXGRP != 0 {
		p.gid = int(stat.Gid)
	}
	n, err := unix.Fgetxattr(int(f.Fd()), "security.capability", nil)
	switch {
	case err == nil:
		p.capabilities = n > 0
	case errors.Is(err, unix.ENODATA), errors.Is(err, unix.ENOTSUP):
	default:
		return p, err
	}
	var fs unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &fs); err == nil {
		p.ignoredByMount = fs.Flags&unix.ST_NOSUID != 0
	}
	return p, nil
}

// reason says why the kernel would start the program in secure-execution mode
// (AT_SECURE), in which the loader ignores a path in LD_PRELOAD (ld.so(8)). The
// rules are those of security/commoncap.c, cap_bprm_creds_from_file: privileges
// must be gained, and root gains none by file capabilities.
func (p privileges) reason(c credentials) string {
	switch {
	case c.uid != c.euid || c.gid != c.egid:
		return "gilwatch itself runs setuid: the dynamic loader ignores LD_PRELOAD"
	case c.noNewPrivileges || p.ignoredByMount:
		return ""
	case p.uid >= 0 && p.uid != c.euid:
		return "setuid program: the dynamic loader ignores LD_PRELOAD"
	case p.gid >= 0 && p.gid != c.egid:
		return "setgid program: the dynamic loader ignores LD_PRELOAD"
	case p.capabilities && c.uid != 0:
		return "program with file capabilities: the dynamic loader ignores LD_PRELOAD"
	}
	return ""
}
