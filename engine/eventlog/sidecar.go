package eventlog

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"asof/engine/event"
)

// sidecarName is a file beside the log that repeats its head: a log that was cut back to an earlier commit, or replaced by an
// older copy, is whole in itself, and is found out by the sidecar only. It is written after each commit, so it is never
// ahead of the log. Others watch it to learn of commits.
const sidecarName = "log.head"

func (l *Log) sidecar() string { return filepath.Join(l.dir, sidecarName) }

func (l *Log) writeSidecar(h *head) error {
	temp, err := os.CreateTemp(l.dir, "."+sidecarName+"-*")
	if err != nil {
		return fmt.Errorf("head of the log: %w", err)
	}
	_, err = fmt.Fprintf(temp, "%d %d %x\n", h.Commit, h.Head, h.Root)
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), l.sidecar())
	}
	if err != nil {
		return fmt.Errorf("head of the log: %w", errors.Join(err, os.Remove(temp.Name())))
	}
	return nil
}

// kept is the head that the sidecar has. Found is false where there is none that can be read.
func (l *Log) kept() (commit uint64, at event.Position, root link, found bool, err error) {
	text, err := os.ReadFile(l.sidecar())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, link{}, false, nil
	}
	if err != nil {
		return 0, 0, link{}, false, err
	}
	var sum string
	n, _ := fmt.Sscanf(string(text), "%d %d %s\n", &commit, &at, &sum)
	b, hexErr := hex.DecodeString(sum)
	if n != 3 || hexErr != nil || len(b) != len(root) {
		return 0, 0, link{}, false, nil
	}
	return commit, at, link(b), true, nil
}
