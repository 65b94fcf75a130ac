package eventlog

import (
	"context"
	"math"
	"slices"
	"sort"
	"sync"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// clockCache holds the summaries of all blocks: 100 bytes for each 160 KiB of records. They are read when first asked for.
type clockCache struct {
	mu     sync.Mutex
	commit uint64
	list   []summary
}

// summaries are all blocks' summaries as of the head that is seen. Nobody writes to them.
func (l *Log) summaries(ctx context.Context) ([]summary, error) {
	c := &l.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.list != nil && c.commit == l.now.Load().Commit {
		return c.list, nil
	}
	var h *head
	var list []summary
	err := l.view(ctx, func(tx *bbolt.Tx) (err error) {
		if h, err = readHead(tx); err != nil {
			return err
		}
		// A later commit may have decided about the last 1,000 events, in as many blocks.
		keep := max(0, len(c.list)-outlierReach) / perChunk
		list = slices.Grow(slices.Clone(c.list[:keep*perChunk]), h.Blocks-keep*perChunk)
		for chunk := keep; chunk*perChunk < h.Blocks; chunk++ {
			if list, err = readChunk(tx, list, chunk); err != nil {
				return err
			}
		}
		if len(list) != h.Blocks {
			return damaged("the clock knows %d of %d blocks", len(list), h.Blocks)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	l.advance(h)
	c.commit, c.list = h.Commit, list
	return list, nil
}

// ClockAt is the log's clock at a position: the highest time up to there, outliers left out.
func (l *Log) ClockAt(ctx context.Context, at event.Position) (event.Time, error) {
	if at == 0 {
		return event.Time{}, nil
	}
	list, err := l.summaries(ctx)
	if err != nil {
		return event.Time{}, err
	}
	b, err := l.block(ctx, at)
	if err != nil {
		return event.Time{}, err
	}
	var clock event.Time
	if i := blockOf(list, at); i > 0 {
		clock = list[i-1].clock
	}
	if err := b.need(0, int(at-b.first)); err != nil {
		return event.Time{}, err
	}
	for pos := b.first; pos <= at; pos++ {
		e, err := b.event(pos)
		if err != nil {
			return event.Time{}, err
		}
		clock = later(clock, clockTime(e))
	}
	return clock, nil
}

// clockTime is an event's time as far as the clock cares.
func clockTime(e *event.Event) event.Time {
	if e.Marks.Has(event.Outlier) {
		return event.Time{}
	}
	return e.Time
}

// blockOf is the number of the block that has a position.
func blockOf(list []summary, at event.Position) int {
	return sort.Search(len(list), func(i int) bool { return list[i].first > at }) - 1
}

// AtTime is the last position whose clock is not later than t; 0 if there is none.
func (l *Log) AtTime(ctx context.Context, t event.Time) (event.Position, error) {
	return l.lastNotAfter(ctx, t, func(s *summary) event.Time { return s.clock }, clockTime)
}

// AtRecorded is the last position up to which no event was recorded later than t; 0 if there is none.
func (l *Log) AtRecorded(ctx context.Context, t event.Time) (event.Position, error) {
	return l.lastNotAfter(ctx, t, func(s *summary) event.Time { return s.recorded }, func(e *event.Event) event.Time { return e.Recorded })
}

func (l *Log) lastNotAfter(ctx context.Context, t event.Time, ofBlock func(*summary) event.Time, ofEvent func(*event.Event) event.Time) (event.Position, error) {
	list, err := l.summaries(ctx)
	if err != nil {
		return 0, err
	}
	i := sort.Search(len(list), func(i int) bool { return ofBlock(&list[i]).After(t) })
	if i == len(list) {
		if i == 0 {
			return 0, nil
		}
		return list[i-1].first + event.Position(list[i-1].count) - 1, nil
	}
	b, err := l.block(ctx, list[i].first)
	if err != nil {
		return 0, err
	}
	events, err := b.events()
	if err != nil {
		return 0, err
	}
	for k := range events {
		if ofEvent(&events[k]).After(t) {
			return events[k].Position - 1, nil
		}
	}
	return b.last(), nil
}

// Density is how many events fall into each of some equal parts of a range.
type Density struct {
	Counts []uint64
	// Start and End bound the range in time; zero where the range was cut by position or has no times.
	Start, End event.Time
	Most       uint64 // the highest count
}

// exactBlocks is up to how many blocks Density reads the events themselves.
const exactBlocks = 24

// Density counts the events at the positions from … to in equal parts, by event time or by position. By time, outliers and
// events without a time are left out, and a wide range is counted from the blocks' first and last times: a block that
// spans several parts is spread evenly over them.
func (l *Log) Density(ctx context.Context, from, to event.Position, parts int, byTime bool) (Density, error) {
	low, high, _ := l.clip(from, to)
	d := Density{Counts: make([]uint64, max(parts, 0))}
	if parts <= 0 || low > high || from > to {
		return d, nil
	}
	if !byTime {
		n := uint64(high - low + 1)
		for i := range uint64(parts) {
			d.Counts[i] = (i+1)*n/uint64(parts) - i*n/uint64(parts)
			d.Most = max(d.Most, d.Counts[i])
		}
		return d, nil
	}
	list, err := l.summaries(ctx)
	if err != nil {
		return d, err
	}
	first, last := blockOf(list, low), blockOf(list, high)
	spread := spread{counts: make([]float64, parts)}
	var edges []event.Time
	var each []event.Time
	for i := first; i <= last; i++ {
		s := &list[i]
		whole := s.first >= low && s.first+event.Position(s.count)-1 <= high && last-first >= exactBlocks
		if whole {
			edges = append(edges, s.earliest, s.latest)
			continue
		}
		b, err := l.block(ctx, s.first)
		if err != nil {
			return d, err
		}
		events, err := b.events()
		if err != nil {
			return d, err
		}
		for k := range events {
			if e := &events[k]; e.Position >= low && e.Position <= high {
				each = append(each, clockTime(e))
			}
		}
	}
	for _, t := range append(edges, each...) {
		d.Start, d.End = widen(d.Start, d.End, t)
	}
	spread.from, spread.to = seconds(d.Start), seconds(d.End)
	for i := first; i <= last; i++ {
		s := &list[i]
		if s.first >= low && s.first+event.Position(s.count)-1 <= high && last-first >= exactBlocks {
			spread.add(s.earliest, s.latest, s.timed)
		}
	}
	for _, t := range each {
		spread.add(t, t, 1)
	}
	spread.round(&d)
	return d, nil
}

func seconds(t event.Time) float64 {
	sec, nsec := t.Unix()
	return float64(sec) + float64(nsec)/1e9
}

// spread distributes events over equal parts of time.
type spread struct {
	from, to float64
	counts   []float64
}

func (s *spread) part(t float64) float64 {
	if s.to <= s.from {
		return 0
	}
	return (t - s.from) / (s.to - s.from) * float64(len(s.counts))
}

func (s *spread) add(earliest, latest event.Time, n uint32) {
	if earliest.IsZero() || n == 0 {
		return
	}
	a, b := s.part(seconds(earliest)), s.part(seconds(latest))
	last := len(s.counts) - 1
	i, j := min(int(a), last), min(int(b), last)
	if i == j {
		s.counts[i] += float64(n)
		return
	}
	for k := i; k <= j; k++ {
		share := (min(b, float64(k+1)) - max(a, float64(k))) / (b - a)
		s.counts[k] += share * float64(n)
	}
}

// round makes whole numbers whose sum is that of the parts.
func (s *spread) round(d *Density) {
	sum, given := 0.0, uint64(0)
	for i, n := range s.counts {
		sum += n
		d.Counts[i] = uint64(math.Round(sum)) - given
		given += d.Counts[i]
		d.Most = max(d.Most, d.Counts[i])
	}
}
