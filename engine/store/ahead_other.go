//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package store

// WillNeed does nothing here: pages are read when they are touched.
func WillNeed([]byte) {}
