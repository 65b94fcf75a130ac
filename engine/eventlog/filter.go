package eventlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"sync"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// Filter chooses events. The zero value of a field lets everything through; all of the others must match.
type Filter struct {
	Stream      event.StreamID // primary or further stream
	Type        string
	Category    string // of the primary or a further stream
	Correlation string
	ID          string
	From, To    event.Position // both included; To 0 = no end
}

// Match reports whether the filter lets an event through.
func (f *Filter) Match(e *event.Event) bool {
	if e.Position < f.From || f.To != 0 && e.Position > f.To {
		return false
	}
	if f.Type != "" && e.Type != f.Type || f.Correlation != "" && e.Correlation != f.Correlation || f.ID != "" && e.ID != f.ID {
		return false
	}
	if f.Stream != "" && e.Stream != f.Stream && !slices.Contains(e.Others, f.Stream) {
		return false
	}
	return f.Category == "" || e.Stream.Category() == f.Category ||
		slices.ContainsFunc(e.Others, func(s event.StreamID) bool { return s.Category() == f.Category })
}

// term is one condition of a filter, as the postings know it. A category is found under itself, and, where a stream has no
// '-', under the stream.
type term struct {
	kinds []kind
	hash  []uint64
	text  string
}

func (f *Filter) terms() []term {
	var list []term
	add := func(text string, kinds ...kind) {
		if text == "" {
			return
		}
		t := term{kinds: kinds, text: text}
		for _, k := range kinds {
			t.hash = append(t.hash, k.hash(text))
		}
		list = append(list, t)
	}
	add(f.ID, byID)
	add(string(f.Stream), byStream)
	add(f.Correlation, byCorrelation)
	add(f.Category, byCategory, byStream)
	add(f.Type, byType)
	return list
}

// matches are the offsets of a segment that a term may let through: a list a run and kind.
type matches []offsets

func (m matches) next(off int) (int, bool) {
	best, found := 0, false
	for _, list := range m {
		if at, ok := list.next(off); ok && (!found || at < best) {
			best, found = at, true
		}
	}
	return best, found
}

func (m matches) prev(off int) (int, bool) {
	best, found := 0, false
	for _, list := range m {
		if at, ok := list.prev(off); ok && (!found || at > best) {
			best, found = at, true
		}
	}
	return best, found
}

// find reads a term's offsets in a segment. They lie in the transaction's memory.
func (t *term) find(tx *bbolt.Tx, runs *trusted, segment uint32) (matches, error) {
	var m matches
	c, err := cursor(tx, bucketPostings)
	if err != nil {
		return nil, err
	}
	for i, k := range t.kinds {
		prefix := runKey(k, segment, 0)[:5]
		for key, value := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, value = c.Next() {
			r, err := runs.open(k, key, value)
			if err != nil {
				return nil, err
			}
			list, err := r.find(t.hash[i])
			if err != nil {
				return nil, err
			}
			if list.n > 0 {
				m = append(m, list)
			}
		}
	}
	return m, nil
}

// trusted are the runs whose seals were checked, with the seal they had: hashing a whole run costs a hundred times what a
// look-up in it does.
type trusted struct {
	mu    sync.Mutex
	seals map[[7]byte]uint64
}

func (t *trusted) open(k kind, key, value []byte) (run, error) {
	if len(value) < sealSize || len(key) != 7 {
		return run{}, damaged("%s %x: %d bytes", bucketPostings, key, len(value))
	}
	seal := binary.LittleEndian.Uint64(value[1:])
	t.mu.Lock()
	known, ok := t.seals[[7]byte(key)]
	t.mu.Unlock()
	if ok && known == seal {
		return parseRun(k, value[sealSize:])
	}
	r, err := openRun(k, key, value)
	if err != nil {
		return run{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seals == nil {
		t.seals = map[[7]byte]uint64{}
	}
	t.seals[[7]byte(key)] = seal
	return r, nil
}

// lowest is the first offset from off on that all terms have.
func lowest(terms []matches, off int) (int, bool) {
	for i := 0; i < len(terms); {
		at, ok := terms[i].next(off)
		if !ok {
			return 0, false
		}
		if at > off && i > 0 {
			off, i = at, 0
			continue
		}
		off = at
		i++
	}
	return off, off < SegmentSize
}

// highest is the last offset up to off that all terms have.
func highest(terms []matches, off int) (int, bool) {
	for i := 0; i < len(terms); {
		at, ok := terms[i].prev(off)
		if !ok {
			return 0, false
		}
		if at < off && i > 0 {
			off, i = at, 0
			continue
		}
		off = at
		i++
	}
	return off, off >= 0
}

// findAll reads all terms' offsets in a segment, and stops at the first that has none.
func (l *Log) findAll(tx *bbolt.Tx, terms []term, segment uint32) ([]matches, bool, error) {
	found := make([]matches, len(terms))
	for i := range terms {
		m, err := terms[i].find(tx, &l.runs, segment)
		if err != nil || len(m) == 0 {
			return nil, false, err
		}
		found[i] = m
	}
	return found, true, nil
}

// segmentsAView is how many segments one transaction looks at, so that it stays short.
const segmentsAView = 512

// Next is the first position after `after` whose event the filter lets through, and whether there is one.
func (l *Log) Next(ctx context.Context, f Filter, after event.Position) (event.Position, bool, error) {
	terms := f.terms()
	end := l.Head()
	if f.To != 0 {
		end = min(end, f.To)
	}
	for at := max(after+1, f.From, 1); at <= end; {
		candidate, ok := at, true
		if len(terms) > 0 {
			var err error
			if candidate, ok, err = l.candidate(ctx, terms, at, end); err != nil {
				return 0, false, err
			}
		}
		if !ok {
			return 0, false, nil
		}
		e, err := l.block(ctx, candidate)
		if err != nil {
			return 0, false, err
		}
		if f.Match(&e.events[candidate-e.first]) {
			return candidate, true, nil
		}
		at = candidate + 1
	}
	return 0, false, nil
}

// candidate is the first position from at to end that has all terms, so far as the postings know.
func (l *Log) candidate(ctx context.Context, terms []term, at, end event.Position) (found event.Position, ok bool, err error) {
	for at <= end && !ok {
		err := l.view(ctx, func(tx *bbolt.Tx) error {
			for range segmentsAView {
				segment, off := segmentOf(at)
				lists, some, err := l.findAll(tx, terms, segment)
				if err != nil {
					return err
				}
				if some {
					if o, hit := lowest(lists, int(off)); hit {
						found, ok = positionAt(segment, uint16(o)), true
						return nil
					}
				}
				if at = positionAt(segment+1, 0); at > end {
					return nil
				}
			}
			return nil
		})
		if err != nil {
			return 0, false, err
		}
	}
	return found, ok && found <= end, nil
}

// Prev is the last position before `before` whose event the filter lets through, and whether there is one.
func (l *Log) Prev(ctx context.Context, f Filter, before event.Position) (event.Position, bool, error) {
	terms := f.terms()
	at := l.Head()
	if before <= at {
		at = max(before, 1) - 1
	}
	if f.To != 0 {
		at = min(at, f.To)
	}
	for start := max(f.From, 1); at >= start; {
		candidate, ok := at, true
		if len(terms) > 0 {
			var err error
			if candidate, ok, err = l.candidateBefore(ctx, terms, at, start); err != nil {
				return 0, false, err
			}
		}
		if !ok {
			return 0, false, nil
		}
		e, err := l.block(ctx, candidate)
		if err != nil {
			return 0, false, err
		}
		if f.Match(&e.events[candidate-e.first]) {
			return candidate, true, nil
		}
		at = candidate - 1
	}
	return 0, false, nil
}

// candidateBefore is the last position from start to at that has all terms, so far as the postings know.
func (l *Log) candidateBefore(ctx context.Context, terms []term, at, start event.Position) (found event.Position, ok bool, err error) {
	for at >= start && !ok {
		err := l.view(ctx, func(tx *bbolt.Tx) error {
			for range segmentsAView {
				segment, off := segmentOf(at)
				lists, some, err := l.findAll(tx, terms, segment)
				if err != nil {
					return err
				}
				if some {
					if o, hit := highest(lists, int(off)); hit {
						found, ok = positionAt(segment, uint16(o)), true
						return nil
					}
				}
				if at = positionAt(segment, 0) - 1; at < start {
					return nil
				}
			}
			return nil
		})
		if err != nil {
			return 0, false, err
		}
	}
	return found, ok && found >= start, nil
}

// Count is how many events the filter lets through. It reads postings, and one event a segment and term to make sure that
// they are of that text; ids, whose postings keep less of the hash, it makes sure of one by one.
func (l *Log) Count(ctx context.Context, f Filter) (uint64, error) {
	start, end := max(f.From, 1), l.Head()
	if f.To != 0 {
		end = min(end, f.To)
	}
	terms := f.terms()
	switch {
	case start > end:
		return 0, nil
	case len(terms) == 0:
		return uint64(end - start + 1), nil
	case f.ID != "":
		return l.countEach(ctx, f)
	}
	total := uint64(0)
	last, _ := segmentOf(end)
	for segment, _ := segmentOf(start); segment <= last; segment++ {
		low, high := 0, SegmentSize
		if positionAt(segment, 0) < start {
			low = int(start - positionAt(segment, 0))
		}
		if n := end - positionAt(segment, 0) + 1; n < SegmentSize {
			high = int(n)
		}
		n, err := l.countIn(ctx, &f, terms, segment, low, high)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func (l *Log) countEach(ctx context.Context, f Filter) (n uint64, err error) {
	for at := event.Position(0); ; n++ {
		var ok bool
		if at, ok, err = l.Next(ctx, f, at); err != nil || !ok {
			return n, err
		}
	}
}

// countIn counts within a segment, from offset low up to and without high.
func (l *Log) countIn(ctx context.Context, f *Filter, terms []term, segment uint32, low, high int) (n uint64, err error) {
	samples := make([]event.Position, len(terms))
	err = l.view(ctx, func(tx *bbolt.Tx) error {
		lists, some, err := l.findAll(tx, terms, segment)
		if err != nil || !some {
			return err
		}
		for i, m := range lists {
			off, _ := m.next(0)
			samples[i] = positionAt(segment, uint16(off))
		}
		if len(lists) == 1 && len(terms[0].kinds) == 1 {
			for _, list := range lists[0] {
				n += uint64(list.below(high) - list.below(low))
			}
			return nil
		}
		for off, ok := lowest(lists, low); ok && off < high; off, ok = lowest(lists, off+1) {
			n++
		}
		return nil
	})
	if err != nil || n == 0 {
		return 0, err
	}
	for i := range terms {
		b, err := l.block(ctx, samples[i])
		if err != nil {
			return 0, err
		}
		if !terms[i].filter().Match(&b.events[samples[i]-b.first]) {
			// Another text of the same hash: count what really matches.
			one := *f
			one.From, one.To = positionAt(segment, uint16(low)), positionAt(segment, 0)+event.Position(high)-1
			return l.countEach(ctx, one)
		}
	}
	return n, nil
}

// filter is the filter that has this term only.
func (t *term) filter() *Filter {
	switch t.kinds[0] {
	case byStream:
		return &Filter{Stream: event.StreamID(t.text)}
	case byCategory:
		return &Filter{Category: t.text}
	case byType:
		return &Filter{Type: t.text}
	case byCorrelation:
		return &Filter{Correlation: t.text}
	}
	return &Filter{ID: t.text}
}
