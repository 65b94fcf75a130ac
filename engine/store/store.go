// Package store opens, creates and shares bbolt files between processes.
//
// bbolt lets one process write or several read, for as long as the file is open. Here a file is open for a lease only: a
// reader gives it up as soon as a writer asks, a writer after the commit at hand as soon as anybody asks. So several
// debuggers, commands and an import work on one file at once. A handle whose write or sync failed is poisoned, and damage
// is an error, never a panic.
package store

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrDamaged is the root of every error about bytes that cannot be what was written.
	ErrDamaged = errors.New("damaged file")
	// ErrPoisoned says that an earlier write or sync of this handle failed. What the file then holds is known only after it has
	// been opened anew, so the handle refuses every further write.
	ErrPoisoned = errors.New("an earlier write failed; open the store again")
	// ErrReadOnly says that the handle was opened for reading.
	ErrReadOnly = errors.New("opened for reading only")
	// ErrClosed says that the handle was closed.
	ErrClosed = errors.New("file is closed")
)

// Wait is how long a lease or a lock is waited for before a HeldError.
const Wait = 2 * time.Second

// Holder says who holds a file.
type Holder struct {
	PID     int       `json:"pid"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

// HeldError says that somebody else kept a file for longer than Wait.
type HeldError struct {
	Path   string
	Holder Holder // zero PID: not known
	Waited time.Duration
}

// Error names the holder.
func (e *HeldError) Error() string {
	who := "another process"
	if e.Holder.PID != 0 {
		who = fmt.Sprintf("process %d (%s)", e.Holder.PID, e.Holder.Command)
	}
	return fmt.Sprintf("%s is held by %s; waited %s", e.Path, who, e.Waited.Round(100*time.Millisecond))
}

// Options say how a file is opened. The zero value opens for reading and writing.
type Options struct {
	ReadOnly bool
}
