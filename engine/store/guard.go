package store

import (
	"fmt"
	"runtime/debug"
)

// Panic is what guard made of a panic: pages that bbolt, or a reader of what is in them, could not make sense of. Its text is for
// people; the rest is for who looks for the cause.
type Panic struct {
	Path  string
	Value any    // what was recovered
	Stack []byte // where
}

// Error says which file is damaged.
func (p *Panic) Error() string {
	return fmt.Sprintf("%v: %s: its pages do not fit together", ErrDamaged, p.Path)
}

// Unwrap makes it ErrDamaged.
func (p *Panic) Unwrap() error { return ErrDamaged }

// guard runs fn and turns a panic into an error: bbolt panics on pages that cannot be, and a file that was cut under its
// mapping faults.
func guard(path string, fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = &Panic{Path: path, Value: r, Stack: debug.Stack()}
		}
	}()
	return fn()
}
