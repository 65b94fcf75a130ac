package timeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/engine/projection"
	"asof/timeline/casefile"
	"asof/timeline/saved"
)

// Options say what to open. Only Dir or Log is needed.
type Options struct {
	// Dir is the store's folder.
	Dir string
	// Log is an open log, shared with who imports into it. The session does not close it. Nil = the session opens Dir's.
	Log *eventlog.Log
	// Projections are taken into use at once, in this order: built-ins' names, paths of .star files, or what projection.Exec
	// makes of a command. The first one is the
	// default. Empty = as the case file remembers, else "merge".
	Projections []string
	// By regroups the projections by a path of the event (JSON Pointer); empty = each projection's own key.
	By string
	// NoIndex opens no index at all, for commands that only read the log. Use still can.
	NoIndex bool
	// ReadOnly builds no index and writes no case file.
	ReadOnly bool
	// Zone is where times without a zone are read; nil = UTC.
	Zone *time.Location
	// ReadFile reads a script; nil = os.ReadFile.
	ReadFile func(name string) ([]byte, error)
	// Memory bounds what building an index may hold, in bytes; 0 = the engine's default.
	Memory int64
	// Beside is how much of Memory something else takes now, such as an import that goes on; nil = nothing does. It is asked from any
	// goroutine.
	Beside func() int64
	// Patience is how long a program that folds events may be silent while an answer is due; 0 = the engine's default.
	Patience time.Duration
	// Notice, if not nil, is told what the user should know and did not ask for, as a sentence: from any goroutine.
	Notice func(text string)
}

// Cursor is where somebody stands. The zero Cursor is before everything.
type Cursor = casefile.Cursor

// Direction is a way through time.
type Direction int8

// The two directions.
const (
	Forward  Direction = 1
	Backward Direction = -1
)

// Session is a store that answers questions.
type Session struct {
	log    *eventlog.Log
	ownLog bool
	cases  *casefile.File
	zone   *time.Location
	opts   Options

	stop context.CancelFunc // ends the background work
	work context.Context
	busy sync.WaitGroup

	changing sync.Mutex // held while lenses are opened, ended or replaced; taken before mu

	mu      sync.RWMutex        // guards lenses and retired; held for moments only
	lenses  []*lens             // the projections in use, in their order
	retired map[string]struct{} // identities of lenses that only finish what was asked of them

	elsewhere  string                 // where indexes lie of a store that can not be written to; mu
	files      *saved.Files           // the scripts as they were read
	rules      atomic.Pointer[string] // the file of rules
	place      place
	edgesKnown edgesKnown
	conds      compiled
	memos      memos // of filters that ask about events alone
}

// Open opens a store for questions and starts building what is missing of the wanted projections' indexes. The work behind
// goes on until Close, whatever becomes of ctx.
func Open(ctx context.Context, o Options) (*Session, error) {
	s := &Session{log: o.Log, opts: o, zone: o.Zone}
	if s.zone == nil {
		s.zone = time.UTC
	}
	if s.opts.ReadFile == nil {
		s.opts.ReadFile = os.ReadFile
	}
	s.files = saved.New(s.opts.ReadFile)
	s.work, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Session) open(ctx context.Context) error {
	var err error
	if s.log == nil {
		if s.log, err = eventlog.Open(ctx, s.opts.Dir, eventlog.Options{ReadOnly: s.opts.ReadOnly}); err != nil {
			return fmt.Errorf("open log: %w", err)
		}
		s.ownLog = true
	}
	if s.cases, err = casefile.Open(ctx, s.Dir(), s.opts.ReadOnly); err != nil {
		return err
	}
	remembered, known, err := s.cases.Memory(ctx)
	if err != nil {
		return err
	}
	s.place.restore(remembered, known)
	if s.opts.NoIndex {
		return nil
	}
	return s.useFirst(ctx, remembered.Projections)
}

// useFirst takes into use what the options ask for, else what is remembered, else "merge". What is remembered and can not be
// opened any more is passed over: nobody asked for it now.
func (s *Session) useFirst(ctx context.Context, remembered []casefile.Reference) error {
	for _, ref := range s.opts.Projections {
		if _, err := s.Use(ctx, ref, s.opts.By); err != nil {
			return err
		}
	}
	if len(s.opts.Projections) == 0 && s.opts.By == "" {
		for _, r := range remembered {
			if projection.IsExec(r.Ref) {
				continue // a program runs only when somebody names it now
			}
			if _, err := s.Use(ctx, r.Ref, r.By); err != nil && ctx.Err() != nil {
				return err
			}
		}
	}
	if len(s.inUse()) == 0 {
		_, err := s.Use(ctx, "merge", s.opts.By)
		return err
	}
	return nil
}

// Close ends the background work, saves the case file and closes what the session opened.
func (s *Session) Close() error {
	s.stop()
	s.busy.Wait()
	var errs []error
	s.mu.Lock()
	for _, l := range s.lenses {
		errs = append(errs, l.ix.Close())
	}
	s.lenses = nil
	s.mu.Unlock()
	if s.cases != nil {
		errs = append(errs, s.cases.Close())
	}
	if s.ownLog && s.log != nil {
		errs = append(errs, s.log.Close())
	}
	if s.elsewhere != "" {
		errs = append(errs, os.RemoveAll(s.elsewhere))
	}
	return errors.Join(errs...)
}

// Head is the last position of the log, now.
func (s *Session) Head() event.Position { return s.log.Head() }

// Zone is where the session reads times without a zone; never nil.
func (s *Session) Zone() *time.Location { return s.zone }

// Dir is the store's folder.
func (s *Session) Dir() string {
	if s.opts.Dir != "" {
		return s.opts.Dir
	}
	return s.log.Dir()
}
