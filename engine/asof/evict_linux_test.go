package asof

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// evict takes a store's files out of the page cache, as far as nobody has them mapped.
func evict(b testing.TB, dir string) {
	names, err := filepath.Glob(filepath.Join(dir, "*.bolt"))
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		err = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
		if f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
