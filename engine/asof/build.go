package asof

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/store"
	"asof/engine/value"

	"golang.org/x/sync/errgroup"
)

// errOvertaken says that another process has built meanwhile; what it has built is just as good.
var errOvertaken = errors.New("another process has built on")

// Build brings the index up to the head of the log. Every segment is durable and readable as soon as progress has been told;
// a build that is cancelled or killed goes on from there. Call it again when the log has grown.
func (ix *Index) Build(ctx context.Context, progress func(Progress)) error {
	if ix.opts.ReadOnly {
		return store.ErrReadOnly
	}
	if err := ix.build.enter(ctx); err != nil {
		return err
	}
	defer ix.build.leave()
	for {
		err := ix.buildOnce(ctx, progress)
		ix.rest()
		if err != nil {
			ix.dropBuilder()
			ix.forgetNames()
		}
		if ix.curable(err) {
			return ix.mend(ctx, err, progress)
		}
		if !errors.Is(err, errOvertaken) {
			return err
		}
	}
}

func (ix *Index) buildOnce(ctx context.Context, progress func(Progress)) error {
	head := ix.log.Head()
	if err := ix.startBuilder(ctx); err != nil {
		return err
	}
	b := ix.builder
	if b.state.built >= head {
		return nil
	}
	b.progress = progress
	b.head.Store(uint64(head))
	group, work := errgroup.WithContext(ctx)
	first, drop := b.swallow()
	b.forget(drop)
	b.ordinal, b.rows = uint32(len(b.extents)-drop), 0
	if kept := len(b.extents) - drop; kept > 0 {
		b.rows = b.extents[kept-1].rows
	}
	b.inHand = make(chan struct{}, windowsInHand)
	windows := make(chan *window)
	segments := make(chan *segment)
	group.Go(func() error {
		defer close(windows)
		return b.gather(work, first, drop, windows)
	})
	group.Go(func() error {
		defer close(segments)
		return b.foldAll(work, windows, segments)
	})
	group.Go(func() error {
		for s := range segments {
			if err := b.commit(ctx, s); err != nil { // what is whole is kept, whatever becomes of the windows to come
				return err
			}
			b.spare.done(s)
		}
		return nil
	})
	return group.Wait()
}

// builder is what a build keeps from one window to the next, and between builds.
type builder struct {
	ix          *Index
	keys        *keyTable
	memberNames *value.Names
	places      *value.Places // of what briefs write to; nil if the projection has no briefs
	saved       uint32        // member names in the file
	workers     []*worker
	folders     []projection.Folder    // for as many workers at a time
	idle        chan projection.Folder // those that no worker has
	state       state                  // as of the last commit
	extents     []extent
	done        atomic.Uint64 // the last durable position
	head        atomic.Uint64 // how far the build is to come, as far as is known
	progress    func(Progress)
	spare       spares
	ordinal     uint32         // of the segment that the next window becomes
	rows        uint32         // of buckets that a partition has given out before the first window
	inHand      chan struct{}  // has something for each window that has not been folded
	needsEvents atomic.Bool    // briefs have not been enough
	fetched     uint64         // see worker
	began       event.Position // what was built before this builder
	reread      atomic.Uint64  // documents that it changed, let go and read back
}

func (b *builder) durable() event.Position { return event.Position(b.done.Load()) }

// startBuilder makes the builder, or brings it up to what other processes have built.
func (ix *Index) startBuilder(ctx context.Context) error {
	return ix.look(ctx, func(r *reader) error {
		if b := ix.builder; b != nil && b.state == r.state && b.memberNames == r.names {
			return nil
		}
		ix.dropBuilder()
		b := &builder{ix: ix, keys: newKeyTable(int(r.state.keys)), memberNames: r.names, state: r.state, extents: r.extents, began: r.built}
		b.saved, b.spare = uint32(r.names.Len()), newSpares()
		b.done.Store(uint64(r.built))
		if err := r.eachKey(func(name string, _ event.Position) {
			b.keys.add(name, hashKey(name))
		}); err != nil {
			return err
		}
		b.startPlaces()
		b.makeFolders(min(r.head.Partitions, runtime.GOMAXPROCS(0))) // more at a time would only push each other out of the caches
		for range r.head.Partitions {
			k := &worker{ix: ix, b: b, parked: newParked(int(r.head.Partitions))}
			if b.places != nil {
				k.sheet = value.NewSheet(b.places)
				k.scribe = scribe{sheet: k.sheet, places: b.places}
			}
			k.packer = partBuilder{frameBytes: r.head.FrameBytes, names: r.names, spare: b.spare.parts}
			b.workers = append(b.workers, k)
		}
		ix.builder = b
		return nil
	})
}

// maxPlaces bounds the places that sheets know. Events that write elsewhere are folded into documents.
const maxPlaces = 1 << 16

// startPlaces makes the table of places, if the projection says its events in briefs.
func (b *builder) startPlaces() {
	p, ok := b.ix.proj.(projection.Briefing)
	if !ok {
		return
	}
	if places := value.NewPlaces(b.memberNames, maxPlaces); p.NewBriefer(places) != nil {
		b.places = places
	}
}

// eachKey visits all keys in the order of their ids.
func (r *reader) eachKey(visit func(name string, seen event.Position)) error {
	next := uint32(0)
	for i := range r.keyRuns {
		run, err := r.wholeKeyRun(i)
		if err != nil {
			return err
		}
		if run.firstID != next {
			return fmt.Errorf("%w: keys from %d where %d was due", ErrDamaged, run.firstID, next)
		}
		for k := range run.n {
			name, seen, err := run.nameOf(k)
			if err != nil {
				return err
			}
			visit(name, seen)
		}
		next += uint32(run.n)
	}
	if next != r.state.keys {
		return fmt.Errorf("%w: %d keys, not %d", ErrDamaged, next, r.state.keys)
	}
	return nil
}

// swallow decides which segments at the end of the index the next one takes the place of, so that the open end is kept in few
// segments, each several times as large as the next: a follower folds an event again a few times, not at every commit.
func (b *builder) swallow() (first event.Position, drop int) {
	first = b.state.built + 1
	head := event.Position(b.head.Load())
	open := 0
	for open < len(b.extents) && !b.extents[len(b.extents)-1-open].closed {
		open++
	}
	if open > 0 && int(head-b.extents[len(b.extents)-open].first)+1 >= b.ix.segmentSize() {
		return b.extents[len(b.extents)-open].first, open
	}
	for drop < open {
		e := b.extents[len(b.extents)-1-drop]
		if e.last-e.first+1 > 4*(head-first+1) {
			break
		}
		first = e.first
		drop++
	}
	return first, drop
}

func (ix *Index) segmentSize() int { return ix.view.Load().head.Segment }

// folder for the gathering goroutines.
func (ix *Index) newFolder() projection.Folder { return ix.proj.NewFolder() }
