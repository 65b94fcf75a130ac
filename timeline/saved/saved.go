// Package saved tells when a person has saved a file: a script that is being edited while its results are looked at.
//
// Editors save in two ways: they write another file and rename it over the old one, or they truncate the file and write it
// anew. So the folder is watched, not the file; what happens is let come to rest; and a file that is gone or empty is one that is
// being written. What counts in the end is the content: a save that changes nothing is not told.
package saved

import (
	"context"
	"crypto/sha256"
	"iter"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// rest is how long a folder must be still before its files are read, and most how long that is waited for.
	rest, most = 40 * time.Millisecond, 400 * time.Millisecond
	// poll is how often files are read where the system does not tell of changes: network file systems, containers.
	poll = time.Second
)

// Files is what is known of the files that are watched. It outlives a Watch, so that nothing is missed between two. Its zero
// value is not ready; see New.
type Files struct {
	read func(name string) ([]byte, error)

	mu   sync.Mutex
	seen map[string][sha256.Size]byte
}

// New watches over files that are read by a function, such as os.ReadFile.
func New(read func(name string) ([]byte, error)) *Files {
	return &Files{read: read, seen: map[string][sha256.Size]byte{}}
}

// Know says what is in a file, as far as its user has taken it in.
func (f *Files) Know(name string, content []byte) { f.KnowSum(name, sha256.Sum256(content)) }

// KnowSum is Know by the hash of what is in the file.
func (f *Files) KnowSum(name string, sum [sha256.Size]byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[name] = sum
}

// Knows reports whether it was ever said what is in a file.
func (f *Files) Knows(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.seen[name]
	return ok
}

// changed reports whether a file holds something else than what was known, and knows that from now on.
func (f *Files) changed(name string) bool {
	content, err := f.read(name)
	if err != nil || len(content) == 0 {
		return false
	}
	sum := sha256.Sum256(content)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen[name] == sum {
		return false
	}
	f.seen[name] = sum
	return true
}

// Watch yields the name of each file that has another content than was known, until ctx ends. Names is asked at every look, so
// that files can be added.
func (f *Files) Watch(ctx context.Context, names func() []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		folders := newFolders()
		defer folders.close()
		for {
			for _, name := range names() {
				folders.add(name)
				if f.changed(name) && !yield(name) {
					return
				}
			}
			if !folders.wait(ctx) {
				return
			}
		}
	}
}

// folders are the folders in which something is awaited.
type folders struct {
	watcher *fsnotify.Watcher // nil where the system has none: then the poll does it alone
	known   map[string]bool
}

func newFolders() *folders {
	f := &folders{known: map[string]bool{}}
	if w, err := fsnotify.NewWatcher(); err == nil {
		f.watcher = w
	}
	return f
}

func (f *folders) close() {
	if f.watcher != nil {
		_ = f.watcher.Close()
	}
}

// add watches the folder of a file, and that of the file which a link stands for.
func (f *folders) add(name string) {
	if f.watcher == nil || f.known[name] {
		return
	}
	f.known[name] = true
	_ = f.watcher.Add(filepath.Dir(name))
	if real, err := filepath.EvalSymlinks(name); err == nil {
		_ = f.watcher.Add(filepath.Dir(real))
	}
}

// wait waits until something has happened and come to rest, or for a poll. It reports false when ctx ends.
func (f *folders) wait(ctx context.Context) bool {
	var events chan fsnotify.Event
	var errors chan error
	if f.watcher != nil {
		events, errors = f.watcher.Events, f.watcher.Errors
	}
	timer := time.NewTimer(poll)
	defer timer.Stop()
	select {
	case <-events:
	case <-errors: // such as an overflow of the system's queue: look
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
	return f.settle(ctx, events)
}

func (f *folders) settle(ctx context.Context, events <-chan fsnotify.Event) bool {
	latest := time.NewTimer(most)
	defer latest.Stop()
	for {
		still := time.NewTimer(rest)
		select {
		case <-events:
			still.Stop()
		case <-still.C:
			return true
		case <-latest.C:
			still.Stop()
			return true
		case <-ctx.Done():
			still.Stop()
			return false
		}
	}
}
