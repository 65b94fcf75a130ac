//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package store

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// WillNeed asks the system to read bytes of the mapping that are not in memory, all of them at once, and does not wait for them.
// Without it each page is read when it is touched, one after the other: bbolt maps its file for access at random.
//
// Where the bytes lie in memory of our own after all, as those of a small bucket may, nothing happens; the race detector's check of
// pointers would still stop the program over the address in front of them.
//
//go:nocheckptr
func WillNeed(b []byte) {
	if len(b) == 0 {
		return
	}
	before := uintptr(unsafe.Pointer(unsafe.SliceData(b))) % uintptr(os.Getpagesize())
	// The bytes in front belong to the same page, so that they are mapped too.
	start := (*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), -int(before)))
	_ = unix.Madvise(unsafe.Slice(start, len(b)+int(before)), unix.MADV_WILLNEED) // a wish
}
