package eventlog

import (
	"context"
	"iter"
	"path/filepath"
	"time"

	"asof/engine/event"

	"github.com/fsnotify/fsnotify"
)

// poll is how often a subscription looks at the sidecar where the system does not tell of changes.
const poll = 250 * time.Millisecond

// Subscribe yields the head whenever it has grown beyond from, commits of other processes included, until ctx ends or the
// log is closed. Positions may be passed over: the value is the newest head.
func (l *Log) Subscribe(ctx context.Context, from event.Position) iter.Seq[event.Position] {
	return func(yield func(event.Position) bool) {
		l.mu.Lock()
		select {
		case <-l.ended:
			l.mu.Unlock()
			return
		default:
			l.users.Add(1)
		}
		l.mu.Unlock()
		defer l.users.Done()
		changes, stop := l.watch()
		defer stop()
		tick := time.NewTicker(poll)
		defer tick.Stop()
		for {
			grown := l.growth()
			l.look(ctx)
			if head := l.Head(); head > from {
				if from = head; !yield(head) {
					return
				}
				continue
			}
			select {
			case <-grown:
			case <-changes:
			case <-tick.C:
			case <-ctx.Done():
				return
			case <-l.ended:
				return
			}
		}
	}
}

// look refreshes if the sidecar tells of a commit that was not seen. An error waits for the next look.
func (l *Log) look(ctx context.Context) {
	if commit, _, _, found, err := l.kept(); err == nil && found && commit > l.now.Load().Commit {
		_, _ = l.Refresh(ctx)
	}
}

// watch tells of changes of the sidecar, if the system can.
func (l *Log) watch() (changes <-chan struct{}, stop func()) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, func() {}
	}
	if err := watcher.Add(l.dir); err != nil {
		_ = watcher.Close()
		return nil, func() {}
	}
	out := make(chan struct{}, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for e := range watcher.Events {
			if filepath.Base(e.Name) == sidecarName {
				select {
				case out <- struct{}{}:
				default:
				}
			}
		}
	}()
	return out, func() {
		_ = watcher.Close()
		<-ended
	}
}
