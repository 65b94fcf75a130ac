package store

import (
	"fmt"
	"runtime/debug"
)

// guard runs fn and turns a panic into an error: bbolt panics on pages that cannot be, and a file that was cut under its
// mapping faults.
func guard(path string, fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %s: %v", ErrDamaged, path, r)
		}
	}()
	return fn()
}
