package eventlog

import (
	"context"
	"fmt"
	"iter"
	"sort"
	"strings"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// Types yields the types that start with prefix, in byte order, from the text `from` on.
func (l *Log) Types(ctx context.Context, prefix, from string) iter.Seq2[Name, error] {
	return l.names(ctx, typeNames, prefix, from)
}

// Streams yields the streams that start with prefix, in byte order, from the text `from` on.
func (l *Log) Streams(ctx context.Context, prefix, from string) iter.Seq2[Name, error] {
	return l.names(ctx, streamNames, prefix, from)
}

// namesAView is how many names one transaction reads, so that it stays short.
const namesAView = 1000

func (l *Log) names(ctx context.Context, k nameKind, prefix, from string) iter.Seq2[Name, error] {
	return func(yield func(Name, error) bool) {
		from := max(from, prefix)
		for {
			var list []Name
			err := l.view(ctx, func(tx *bbolt.Tx) error {
				h, err := readHead(tx)
				if err != nil {
					return err
				}
				d, err := openDirectory(tx, k, h.Names[k], from)
				for err == nil && len(list) < namesAView {
					var t tally
					var ok bool
					if t, ok, err = d.next(); !ok {
						break
					}
					if strings.HasPrefix(t.Text, prefix) {
						t.Text = strings.Clone(t.Text)
						list = append(list, t.Name)
					} else if t.Text > prefix {
						break
					}
				}
				return err
			})
			if err != nil {
				yield(Name{}, err)
				return
			}
			for _, n := range list {
				if !yield(n, nil) {
					return
				}
			}
			if len(list) < namesAView {
				return
			}
			from = list[len(list)-1].Text + "\x00"
		}
	}
}

// Stream is what the log knows of one stream, and whether it has it.
func (l *Log) Stream(ctx context.Context, id event.StreamID) (Name, bool, error) {
	var t *tally
	err := l.view(ctx, func(tx *bbolt.Tx) error {
		h, err := readHead(tx)
		if err != nil {
			return err
		}
		t, err = lookUp(tx, streamNames, h.Names[streamNames], string(id))
		return err
	})
	if err != nil || t == nil {
		return Name{}, false, err
	}
	return t.Name, true, nil
}

// scanned is up to how many events of a stream StreamAt reads one by one, where its versions are not in order.
const scanned = 100_000

// StreamAt is the position of the first event of the stream that has the version, or an error that wraps ErrNoStream. Where
// a stream's versions do not rise, only its first 100,000 events are looked at.
func (l *Log) StreamAt(ctx context.Context, id event.StreamID, v event.Version) (event.Position, error) {
	name, ok, err := l.Stream(ctx, id)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, fmt.Errorf("%w: %q", ErrNoStream, string(id))
	}
	list, err := l.positions(ctx, Filter{Stream: id, From: name.First, To: name.Last})
	if err != nil {
		return 0, err
	}
	var failed error
	version := func(i int) event.Version {
		e, err := l.eventAt(ctx, list.at(i))
		if err != nil {
			failed = err
			return 0
		}
		return e.Version
	}
	i := sort.Search(list.len(), func(i int) bool { return failed != nil || version(i) >= v })
	if failed == nil && i < list.len() && version(i) == v && l.isOf(ctx, list.at(i), id) {
		return list.at(i), failed
	}
	for i := 0; failed == nil && i < min(list.len(), scanned); i++ {
		if version(i) == v && l.isOf(ctx, list.at(i), id) {
			return list.at(i), failed
		}
	}
	if failed != nil {
		return 0, failed
	}
	return 0, fmt.Errorf("%w: %q has no version %d", ErrNoStream, string(id), v)
}

// isOf reports whether the event at a position has the stream as its primary one.
func (l *Log) isOf(ctx context.Context, at event.Position, id event.StreamID) bool {
	e, err := l.eventAt(ctx, at)
	return err == nil && e.Stream == id
}

// positions are the places of a stream's events, as offsets a segment.
type positions struct {
	segments []uint32
	lists    [][]uint16
	starts   []int
	n        int
}

func (p *positions) len() int { return p.n }

func (p *positions) at(i int) event.Position {
	s := sort.Search(len(p.starts), func(k int) bool { return p.starts[k] > i }) - 1
	return positionAt(p.segments[s], p.lists[s][i-p.starts[s]])
}

// positions reads where a filter's candidates are: two bytes each.
func (l *Log) positions(ctx context.Context, f Filter) (*positions, error) {
	p := &positions{}
	terms := f.terms()
	last, _ := segmentOf(f.To)
	for segment, _ := segmentOf(f.From); segment <= last; segment++ {
		err := l.view(ctx, func(tx *bbolt.Tx) error {
			lists, some, err := l.findAll(tx, terms, segment)
			if err != nil || !some {
				return err
			}
			var found []uint16
			for off, ok := lowest(lists, 0); ok; off, ok = lowest(lists, off+1) {
				found = append(found, uint16(off))
			}
			p.segments, p.lists, p.starts = append(p.segments, segment), append(p.lists, found), append(p.starts, p.n)
			p.n += len(found)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}
