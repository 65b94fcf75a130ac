package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"asof/engine/eventlog"
)

// Run loads what is new in the plan's sources into the log: it goes on with an import that was killed, then reads what has
// grown or come since. Progress, if not nil, is called from this goroutine. When ctx ends, what was durable stays, and the next
// Run goes on from there.
//
// A source that is in the place of one the log was made from, and is not it, is a *ChangedError: it needs another store.
func Run(ctx context.Context, p *Plan, log *eventlog.Log, progress func(Progress)) (Result, error) {
	st, err := openStore(ctx, log)
	if err != nil {
		return Result{}, err
	}
	defer st.sink.Close()
	return st.load(ctx, p, progress)
}

// runner is one Run.
type runner struct {
	plan     *Plan
	config   Config
	sink     sink
	progress func(Progress)

	known []*memory
	names map[string]bool // of the known; made when it is asked for
	rows  map[*memory]eventlog.Source
	pass  int   // number of the pass that is being read
	clock stamp // the log's clock at the writer's head
	lanes []*lane
	saved bool // a row was written outside of a pass
	tries bool // a source may be passed on in file order before that is decided

	result Result
	count  atomic.Int64 // raw bytes read
	total  int64
	report reporter
}

// load is Run on a store that is open for writing.
func (st *store) load(ctx context.Context, p *Plan, progress func(Progress)) (Result, error) {
	start := time.Now()
	res, err := st.loadOnce(ctx, p, progress, true)
	if errors.Is(err, errTurned) {
		if err = st.reopen(ctx); err == nil {
			res, err = st.loadOnce(ctx, p, progress, false)
		}
	}
	res.Elapsed = time.Since(start)
	return res, err
}

func (st *store) loadOnce(ctx context.Context, p *Plan, progress func(Progress), tries bool) (Result, error) {
	r := &runner{plan: p, config: p.config, sink: st.sink, progress: progress, rows: map[*memory]eventlog.Source{}, tries: tries}
	if r.config.Temp == "" {
		r.config.Temp = st.dir
	}
	r.clock = st.clock
	for _, row := range st.rows {
		if !maps.Equal(row.Options, r.config.settings()) {
			return Result{}, &SettingsError{Source: row.Name, Stored: row.Options}
		}
		m, err := unmarshalMemory(row.State)
		if err != nil {
			return Result{}, err
		}
		r.known = append(r.known, m)
		r.rows[m] = row
		r.pass = max(r.pass, m.Pass)
	}
	repeated := st.sink.Repeated()
	err := r.run(ctx)
	r.result.Duplicates += st.sink.Repeated() - repeated
	return r.result, err
}

func (r *runner) run(ctx context.Context) error {
	r.tell(Checking)
	m, err := r.match()
	if err != nil {
		return err
	}
	if lanes, err := r.unfinished(m); err != nil || len(lanes) > 0 {
		if err == nil {
			err = r.readPass(ctx, lanes)
		}
		if err != nil {
			return err
		}
		if m, err = r.match(); err != nil {
			return err
		}
	}
	lanes, err := r.fresh(m)
	switch {
	case err != nil:
		return err
	case len(lanes) > 0:
		r.pass++
		err = r.readPass(ctx, lanes)
	case r.saved:
		err = r.commit(ctx)
	}
	if err != nil {
		return err
	}
	r.tell(Done)
	return nil
}

// match compares the plan with what is remembered. Of a file that is followed, one that takes its place goes on in this store.
func (r *runner) match() (matches, error) {
	m, err := match(r.plan, r.known)
	if err != nil || len(m.changed) == 0 {
		return m, err
	}
	for _, c := range m.changed {
		t := r.plan.Sources[c.source].tail
		if t == nil {
			return m, m.err(r.plan)
		}
		if c.memory.Gone = true; !t.rotation {
			gap := t.gap(c.memory, c.why)
			c.memory.Gaps = append(c.memory.Gaps, gap)
			r.result.Gaps = append(r.result.Gaps, gap)
		}
		t.first, t.before = false, c.memory.Path
		c.memory.Ended = true
		if err := r.save(c.memory); err != nil {
			return m, err
		}
		r.saved = true
	}
	return m, nil
}

// unfinished are the lanes of a pass that was killed. One whose file is gone ends where it stands.
func (r *runner) unfinished(found matches) ([]*lane, error) {
	var lanes []*lane
	for _, m := range r.known {
		if m.Ended || m.Gone {
			continue
		}
		i := slices.Index(found.of, m)
		if i < 0 {
			r.notice("%s is not there any more: it was read up to byte %d", m.Path, m.At.Offset)
			m.Ended, m.Gone = true, true
			if err := r.save(m); err != nil {
				return nil, err
			}
			r.saved = true
			continue
		}
		lanes = append(lanes, &lane{source: &r.plan.Sources[i], mem: m, row: r.rows[m], resumed: true})
	}
	return lanes, nil
}

// fresh are the lanes of the next pass: what has grown, and what is new.
func (r *runner) fresh(found matches) ([]*lane, error) {
	var lanes []*lane
	for i := range r.plan.Sources {
		s := &r.plan.Sources[i]
		switch m, how := found.of[i], found.how[i]; {
		case m == nil:
			m = &memory{Name: r.distinct(s.Name), Path: s.Path}
			if s.tail != nil {
				s.tail.inherit(m, r.known)
			}
			r.known = append(r.known, m)
			lanes = append(lanes, &lane{source: s, mem: m, row: eventlog.Source{Name: m.Name}})
		case how == grown && s.tail != nil && s.tail.whole <= m.RawSize: // a line that has not ended
		case how == grown && m.Ended:
			if err := r.reopen(m); err != nil {
				return nil, err
			}
			lanes = append(lanes, &lane{source: s, mem: m, row: r.rows[m]})
		case how == same:
			if err := r.moved(m, s); err != nil {
				return nil, err
			}
			r.result.Sources = append(r.result.Sources, resultOf(m, true))
		}
	}
	return lanes, nil
}

// moved remembers where a file is now to which nothing was added. One that is still where it was has only been copied.
func (r *runner) moved(m *memory, s *Source) error {
	if _, err := os.Stat(m.Path); m.Path == s.Path || !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	m.goTo(s)
	r.saved = true
	return r.save(m)
}

// distinct is a name that no remembered source has.
func (r *runner) distinct(name string) string {
	if r.names == nil {
		r.names = map[string]bool{}
		for _, m := range r.known {
			r.names[m.Name] = true
		}
	}
	text := name
	for n := 2; r.names[text]; n++ {
		text = fmt.Sprintf("%s (%d)", name, n)
	}
	r.names[text] = true
	return text
}

// reopen makes a source that has ended ready for a further pass. A rejected line without an end is taken back: it is read
// again.
func (r *runner) reopen(m *memory) error {
	if m.Records == 0 {
		m.undecide()
	}
	m.From, m.Emitted, m.Ended, m.Key = m.At, 0, false, stamp{}
	if m.Held == nil {
		return nil
	}
	if err := r.sink.Unreject(m.Held.Number); err != nil {
		return err
	}
	m.Held = nil
	m.Records--
	m.Rejected--
	return nil
}

// undecide forgets what was decided about a source of which no record was read: there was too little of it.
func (m *memory) undecide() {
	m.Format, m.Decided, m.Verdict, m.Vote, m.Order, m.At = "", 0, Verdict{}, Detection{}, Order{}, place{}
}

func (r *runner) notice(format string, args ...any) {
	r.result.Notices = append(r.result.Notices, fmt.Sprintf(format, args...))
}
