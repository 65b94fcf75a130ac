//go:build unix

package ingest

import (
	"fmt"
	"os"
	"syscall"
)

// inode names a file on its device: a hint that a file that was moved is still the same.
func inode(f *os.File) string {
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%d:%d", st.Dev, st.Ino)
	}
	return ""
}
