package ingest

import (
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"asof/engine/event"
	"asof/engine/eventlog"
)

// deliver passes one record on to the log.
func (r *runner) deliver(l *lane, rec *Record) error {
	if rec.Rejected != "" {
		if err := r.reject(l, rec); err != nil {
			return err
		}
	}
	high := l.high
	for i := range rec.Events {
		if err := r.add(l, rec, &rec.Events[i], uint32(i)); err != nil {
			return err
		}
	}
	r.clock = r.clock.max(high)
	l.account(rec, high)
	r.result.Records++
	l.result.Records++
	if l.mem.Order.sorts() {
		return nil
	}
	return l.led.keepUp(l.at)
}

// register gives the lanes of a pass their rows in the log, in the first commit of the pass: when it is killed, it is known which
// sources it had.
func (r *runner) register() error {
	for _, l := range r.lanes {
		if l.row.ID == 0 {
			if err := r.write(l); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *runner) reject(l *lane, rec *Record) error {
	row := eventlog.Rejected{Source: l.row.ID, Line: rec.Line, Offset: rec.Offset, Reason: rec.Rejected, Bytes: rec.Raw}
	if err := r.sink.Reject(&row); err != nil {
		return err
	}
	if l.holds(rec) {
		if l.mem.Held == nil {
			l.mem.Held = &held{End: rec.End}
		}
		l.mem.Held.Number = row.Number
	}
	l.mem.Rejected++
	l.result.Rejected++
	r.result.Rejected++
	return nil
}

func (r *runner) add(l *lane, rec *Record, e *event.Event, ordinal uint32) error {
	e.Raw, e.Ordinal = rec.Raw, ordinal
	e.Place = event.Place{Source: l.row.ID, Line: rec.Line, Offset: rec.Offset}
	if !r.config.Slice.Has(e) {
		l.mem.LeftOut++
		r.result.LeftOut++
		return nil
	}
	if r.config.Dedupe == "id" && e.ID != "" {
		known, err := r.sink.HasID(e.ID)
		if err != nil {
			return err
		}
		if known {
			r.result.Duplicates++
			return nil
		}
	}
	t := stampOf(e.Time)
	if r.late(l, t) {
		e.Marks |= event.Late
		l.mem.Late++
		r.result.Late++
	}
	if err := r.sink.Add(e); err != nil {
		return err
	}
	r.result.Events++
	l.row.Events++
	return nil
}

// late tells whether an event would stand earlier in the log if its source had been there, as it is now, when the merge was made.
// A single source in file order only goes on.
func (r *runner) late(l *lane, t stamp) bool {
	if l.mem.Pass <= 1 || !t.Has || !t.less(r.clock) {
		return false
	}
	return len(r.known) > 1 || l.mem.Order.sorts()
}

// account notes that a record was passed on.
func (l *lane) account(rec *Record, t stamp) {
	m := l.mem
	if !m.Order.sorts() {
		if t.Has && t.less(m.High) {
			l.turned(rec, t)
		}
		switch {
		case m.Held == nil:
			l.at = rec.End
		case l.holds(rec):
			l.at = rec.Offset
		}
	} else {
		m.Emitted++
	}
	if t.Has && (!m.Low.Has || t.less(m.Low)) {
		m.Low = t
	}
	m.High, m.Key = m.High.max(t), m.Key.max(t)
	m.Records++
	l.dirty = true
}

// turned notes where time first ran backwards in a source in file order, by more than it may, after the order was decided.
func (l *lane) turned(rec *Record, t stamp) {
	m := l.mem
	if m.Backward != nil || rec.Offset < leadSize && m.Pass == 1 || m.Order.By != OrderFile || !m.Low.Has {
		return
	}
	if by := m.High.seconds(t); by > backwardsPart*m.High.seconds(m.Low) {
		m.Backward = &backward{Line: rec.Line, Offset: rec.Offset, By: inWords(by)}
	}
}

// end notes that a lane's source has been read to its end.
func (r *runner) end(l *lane) error {
	m := l.mem
	if !m.Order.sorts() {
		to := l.at
		if m.Held == nil && l.feed != nil {
			to = l.feed.end()
		}
		if err := l.led.advance(to); err != nil {
			return err
		}
		l.at = to
	}
	r.result.Bytes += l.led.at - l.began
	if err := l.seal(); err != nil {
		return err
	}
	m.Ended, l.dirty = true, true
	l.row.Imported = time.Now().UTC()
	if m.Backward != nil {
		r.notice("%s turns backwards at line %d, by %s: --order time sorts it", m.title(), m.Backward.Line, m.Backward.By)
	}
	if err := r.write(l); err != nil {
		return err
	}
	l.result.Unchanged = l.result.Records == 0
	r.result.Sources = append(r.result.Sources, l.summary())
	return l.close()
}

func (l *lane) summary() SourceResult {
	s := resultOf(l.mem, l.result.Unchanged)
	s.Records, s.Rejected = l.result.Records, l.result.Rejected
	return s
}

func resultOf(m *memory, unchanged bool) SourceResult {
	return SourceResult{
		Name: m.title(), Path: m.Path, Format: m.Format, Order: m.Order, Vote: m.Vote, Verdict: m.Verdict,
		Bytes: m.At.Offset, Unchanged: unchanged,
	}
}

// seal takes down how the raw source ended: by it, verify tells later whether the file is still the same.
func (l *lane) seal() error {
	if l.file == nil {
		l.mem.RawSize, l.row.Size = int64(l.led.at), int64(l.led.at)
		return nil
	}
	size := l.size
	if l.mem.Plain {
		size = int64(l.mem.Mark) + int64(l.led.at)
		if l.mem.Held != nil {
			size = int64(l.mem.Mark) + int64(l.mem.Held.End)
		}
	}
	if err := l.mem.seal(l.file, size); err != nil {
		return err
	}
	sum, err := l.sum(size)
	if err != nil {
		return err
	}
	l.row.Size, l.row.SHA256 = size, hex.EncodeToString(sum)
	return nil
}

// sum is the SHA-256 of the raw file up to size: what the ledger has, or all of it read again.
func (l *lane) sum(size int64) ([]byte, error) {
	if l.led.sums == nil {
		return hashAt(l.file, 0, size)
	}
	p, err := l.led.place()
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	if err := sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(p.Sum); err != nil {
		return nil, fmt.Errorf("running SHA-256: %w", err)
	}
	from := int64(l.mem.Mark) + int64(p.Offset)
	if _, err := hashInto(sum, l.file, from, size-from); err != nil {
		return nil, fmt.Errorf("SHA-256: %w", err)
	}
	return sum.Sum(nil), nil
}

// write puts the lane's row, with its place, into the next commit.
func (r *runner) write(l *lane) error {
	m := l.mem
	if !m.Order.sorts() && l.led != nil {
		if err := l.led.advance(l.at); err != nil {
			return err
		}
		at, err := l.led.place()
		if err != nil {
			return err
		}
		m.At = at
	}
	row := &l.row
	row.Name, row.Path, row.Format = m.title(), m.Path, m.Format
	row.HeadHash, row.TailHash = hex.EncodeToString(m.Head), hex.EncodeToString(m.At.Tail)
	row.Consumed, row.Line = m.At.Offset, m.At.Lines
	row.Records, row.Rejected, row.Ended = m.Records, m.Rejected, m.Ended
	verdict, err := json.Marshal(Account{m.Verdict, m.Vote, m.Order, m.Backward.said(), m.Gaps, m.LeftOut})
	if err != nil {
		return fmt.Errorf("verdict: %w", err)
	}
	row.Verdict = verdict
	row.Options = r.config.settings()
	if row.State, err = m.marshal(); err != nil {
		return err
	}
	if row.ID, err = r.sink.SetSource(*row); err != nil {
		return err
	}
	r.rows[m] = *row
	l.dirty = false
	return nil
}

// save writes the row of a source that has no lane.
func (r *runner) save(m *memory) error {
	l := &lane{mem: m, row: r.rows[m]}
	return r.write(l)
}

// commit makes everything so far durable.
func (r *runner) commit(ctx context.Context) error {
	if err := r.writeDirty(); err != nil {
		return err
	}
	if _, err := r.sink.Finish(ctx); err != nil {
		return err
	}
	r.report.durable(r.snapshot())
	r.tell(Loading)
	return nil
}

func (r *runner) writeDirty() error {
	for _, l := range r.lanes {
		if l.dirty && l.led != nil {
			if err := r.write(l); err != nil {
				return fmt.Errorf("%s: %w", l.source.Path, err)
			}
		}
	}
	return nil
}
