package asof

import (
	"context"
	"io"
	"sync"
	"time"

	"asof/engine/projection"
	"asof/engine/value"

	"golang.org/x/sync/errgroup"
)

// ahead tells an eager folder of the events of a window that it will be asked to fold.
type ahead struct {
	*worker
	folder  projection.Eager // nil where the folder does not want to know
	w       *window
	items   []uint64 // those that it has not been told of
	key     uint32   // of the event told last
	journal value.Journal
	room    []byte // for a row
}

// start begins with a window's items, which are sorted.
func (a *ahead) start(k *worker, w *window, items []uint64) {
	a.worker, a.w, a.items = k, w, items
	a.folder, _ = k.folder.(projection.Eager)
	a.key = noSegment
}

// look tells of as many events as the folder has room for.
func (a *ahead) look(ctx context.Context) error {
	if a.folder == nil {
		return nil
	}
	for len(a.items) > 0 && a.folder.Room() {
		id, i := uint32(a.items[0]>>32), uint32(a.items[0])
		a.items = a.items[1:]
		follows := id == a.key
		var root *value.Node
		if a.key = id; !follows {
			r, err := a.before(ctx, id)
			if err != nil {
				return err
			}
			root = r.doc.Root()
		}
		if err := a.folder.Foresee(ctx, root, a.w.events[i], a.w.names[id], follows); err != nil {
			return err
		}
	}
	return nil
}

// before is the row of a key before the window. It is good until the next one is asked for.
func (a *ahead) before(ctx context.Context, id uint32) (row, error) {
	b, _, _, ok := a.parked.get(id, a.w.first-1, &a.room)
	if !ok && id < a.w.firstID {
		return a.ix.rowAt(ctx, id, a.w.first-1)
	}
	if !ok {
		return row{doc: value.NewDoc()}, nil
	}
	a.journal.Reuse()
	r, _, err := decodeRow(b[1:], &a.journal, a.b.memberNames)
	return r, err
}

// makeFolders makes what as many workers at a time fold with.
func (b *builder) makeFolders(n int) {
	b.idle = make(chan projection.Folder, n)
	for range n {
		f := b.ix.proj.NewFolder()
		b.folders = append(b.folders, f)
		b.idle <- f
	}
}

// manyEvents is from how many events on a build starts all programs before there is something for each of them: a start takes a
// program longer than some thousand events.
const manyEvents = 4096

// startFolders starts the folders that take a while for it, all at once, while the first window is gathered.
func (b *builder) startFolders(ctx context.Context) error {
	if b.head.Load() < uint64(b.durable())+manyEvents {
		return nil
	}
	var starting errgroup.Group
	for _, f := range b.folders {
		if f, ok := f.(projection.Eager); ok {
			starting.Go(func() error { return f.Start(ctx) })
		}
	}
	return starting.Wait()
}

// restAfter is how long a folder that holds on to something, such as a program that runs, keeps it when there is nothing to fold.
const restAfter = 10 * time.Second

// rest ends what the folders hold on to if nothing is built for a while. The caller is in the gate.
func (ix *Index) rest() {
	if ix.builder == nil || !ix.builder.holds() {
		return
	}
	if ix.resting == nil {
		ix.resting = time.AfterFunc(restAfter, ix.release)
		return
	}
	ix.resting.Reset(restAfter)
}

// release ends what the folders hold on to, unless the index is being built.
func (ix *Index) release() {
	select {
	case ix.build <- struct{}{}:
		defer ix.build.leave()
		if ix.builder != nil {
			ix.builder.close()
		}
	default:
	}
}

// dropBuilder gives the builder up. The caller is in the gate.
func (ix *Index) dropBuilder() {
	if ix.resting != nil {
		ix.resting.Stop()
	}
	if ix.builder != nil {
		ix.builder.close()
	}
	ix.builder = nil
}

// holds reports whether the folders hold on to something.
func (b *builder) holds() bool {
	for _, f := range b.folders {
		if _, ok := f.(io.Closer); ok {
			return true
		}
	}
	return false
}

// close gives up what the folders hold, all at once: ending a program takes time.
func (b *builder) close() {
	var ending sync.WaitGroup
	for _, f := range b.folders {
		if c, ok := f.(io.Closer); ok {
			ending.Go(func() { _ = c.Close() }) // what becomes of it then is nobody's concern
		}
	}
	ending.Wait()
}
