package store

import (
	"errors"
	"fmt"
	"path/filepath"
)

// FullError is a write for which the disk has no room.
type FullError struct {
	Path   string // of the file
	Needed int64  // bytes that were to be written; 0 = not known
	Free   int64  // bytes that its disk had free then, for this user; -1 = not known
	err    error
}

// Error names the file, what was needed and what is free, and how it goes on.
func (e *FullError) Error() string {
	text := "no room for " + e.Path
	if e.Needed > 0 {
		text += fmt.Sprintf(": %d bytes were to be written", e.Needed)
	}
	if e.Free >= 0 {
		text += fmt.Sprintf("; its disk has %d bytes free", e.Free)
	}
	return fmt.Sprintf("%s (%v). What is stored stays: make room and do the same again, it goes on from there", text, e.err)
}

// Unwrap is the system's error.
func (e *FullError) Unwrap() error { return e.err }

// Full makes an error of writing to a file a *FullError if the disk is full; any other it gives back as it is. Needed is how many
// bytes were to be written, 0 if that is not known.
func Full(path string, needed int64, err error) error {
	var told *FullError
	if err == nil || !noRoom(err) || errors.As(err, &told) {
		return err
	}
	return &FullError{Path: path, Needed: needed, Free: free(filepath.Dir(path)), err: err}
}
