//go:build unix

package store

import (
	"errors"

	"golang.org/x/sys/unix"
)

func noRoom(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }

// free is how many bytes the disk of a folder has free for this user; -1 if it does not say.
func free(folder string) int64 {
	var st unix.Statfs_t
	if err := unix.Statfs(folder, &st); err != nil {
		return -1
	}
	return int64(st.Bavail) * int64(st.Bsize) //nolint:unconvert // the types differ between systems
}
