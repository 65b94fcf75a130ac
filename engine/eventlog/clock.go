package eventlog

import (
	"encoding/binary"
	"time"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

var (
	bucketClock    = []byte("clock")
	bucketOutliers = []byte("outliers")
)

// summary is what the clock knows of a block. Summaries lie 64 to a value, under the number of the value.
type summary struct {
	first    event.Position
	count    uint32
	timed    uint32     // events with a time that is no outlier
	earliest event.Time // of those
	latest   event.Time
	clock    event.Time // the log's clock at the block's last event
	recorded event.Time // the highest recorded time up to there
}

const (
	summarySize  = 8 + 4 + 4 + 4*16
	perChunk     = 64
	outlierGap   = 24 * time.Hour
	outlierReach = 1000
)

func (s *summary) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(s.first))
	dst = binary.LittleEndian.AppendUint32(dst, s.count)
	dst = binary.LittleEndian.AppendUint32(dst, s.timed)
	for _, t := range []event.Time{s.earliest, s.latest, s.clock, s.recorded} {
		dst = putTime(dst, t)
	}
	return dst
}

func parseSummary(b []byte) summary {
	return summary{
		first: event.Position(binary.LittleEndian.Uint64(b)), count: binary.LittleEndian.Uint32(b[8:]), timed: binary.LittleEndian.Uint32(b[12:]),
		earliest: getTime(b[16:]), latest: getTime(b[32:]), clock: getTime(b[48:]), recorded: getTime(b[64:]),
	}
}

func chunkKey(chunk int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(chunk)) }

// readChunk appends the summaries of a chunk.
func readChunk(tx *bbolt.Tx, dst []summary, chunk int) ([]summary, error) {
	b, err := get(tx, bucketClock, chunkKey(chunk))
	if err != nil {
		return nil, err
	}
	if len(b)%summarySize != 0 || len(b) > perChunk*summarySize {
		return nil, damaged("clock %d: %d bytes", chunk, len(b))
	}
	for ; len(b) > 0; b = b[summarySize:] {
		dst = append(dst, parseSummary(b))
	}
	return dst, nil
}

// writeSummaries writes summaries by their blocks' numbers, over those that are there.
func writeSummaries(tx *bbolt.Tx, changed map[int]summary) error {
	chunks := map[int]bool{}
	for n := range changed {
		chunks[n/perChunk] = true
	}
	for chunk := range chunks {
		list, err := readChunk(tx, nil, chunk)
		if err != nil {
			return err
		}
		for i := range perChunk {
			s, ok := changed[chunk*perChunk+i]
			switch {
			case ok && i < len(list):
				list[i] = s
			case ok && i == len(list):
				list = append(list, s)
			case ok:
				return damaged("clock %d has %d summaries", chunk, len(list))
			}
		}
		value := newSealed(len(list) * summarySize)
		for i := range list {
			value = list[i].append(value)
		}
		if err := put(tx, bucketClock, chunkKey(chunk), value); err != nil {
			return err
		}
	}
	return nil
}

// window decides which events are outliers. It looks 1,000 events ahead, across commits and restarts, so a decision does not
// depend on when was committed; what it has not decided yet counts as an ordinary time.
type window struct {
	blocks     []windowBlock  // the last 1,000 events and more
	before     summary        // clock and recorded time before the first of the blocks
	candidates []candidate    // more than a day later than all after them; earliest position first, so latest time first
	lastTime   event.Time     // of the last event that has one
	unsettled  event.Position // from here on summaries are to be made anew
	spare      []event.Time   // of a block that was forgotten
	changed    map[int]summary
	outliers   []event.Position // decided since the last commit
	inversions uint64
	untimed    uint64
	first      event.Time
}

type windowBlock struct {
	number int // of the block, from 0
	times  []event.Time
	summary
	stale bool // a time was taken out of the clock: the summary is to be made anew
}

type candidate struct {
	at   event.Position
	time event.Time
}

// open begins the block with that number, or goes on with it.
func (w *window) open(number int, first event.Position) {
	if n := len(w.blocks); n > 0 && w.blocks[n-1].number == number {
		return
	}
	w.trim(first)
	w.blocks = append(w.blocks, windowBlock{number: number, times: w.spare, summary: summary{first: first}})
	w.spare = nil
}

// trim forgets blocks that lie more than the reach before a position.
func (w *window) trim(next event.Position) {
	drop := 0
	for drop+1 < len(w.blocks) && w.blocks[drop+1].first+outlierReach < next {
		drop++
	}
	if drop > 0 {
		w.before, w.spare = w.blocks[drop-1].summary, w.blocks[drop-1].times[:0]
		w.blocks = append(w.blocks[:0], w.blocks[drop:]...)
	}
}

// add takes the next event of the open block.
func (w *window) add(at event.Position, t, recorded event.Time, known bool) {
	b := &w.blocks[len(w.blocks)-1]
	w.unsettled = min(w.unsettled, at)
	b.times = append(b.times, t)
	b.count++
	if recorded.After(b.recorded) {
		b.recorded = recorded
	}
	if known {
		b.times[len(b.times)-1] = event.Time{}
	} else if !t.IsZero() {
		b.take(t)
		for n := len(w.candidates); n > 0 && w.candidates[n-1].time.Sub(t) <= outlierGap; n-- {
			w.candidates = w.candidates[:n-1]
		}
		w.candidates = append(w.candidates, candidate{at, t})
	}
	if len(w.candidates) > 0 && w.candidates[0].at+outlierReach <= at {
		if len(w.candidates) > 1 {
			w.decide(w.candidates[0].at)
		}
		w.candidates = w.candidates[1:]
	}
}

// count keeps what Info tells, for an event that is new to the log.
func (w *window) count(t event.Time) {
	if t.IsZero() {
		w.untimed++
		return
	}
	if t.Before(w.lastTime) {
		w.inversions++
	}
	if w.first.IsZero() || t.Before(w.first) {
		w.first = t
	}
	w.lastTime = t
}

// decide takes an event's time out of the clock.
func (w *window) decide(at event.Position) {
	w.outliers = append(w.outliers, at)
	w.unsettled = min(w.unsettled, at)
	for i := range w.blocks {
		b := &w.blocks[i]
		if at >= b.first && at < b.first+event.Position(len(b.times)) {
			b.times[at-b.first], b.stale = event.Time{}, true
		}
	}
}

// finish decides what is left with the events that there are.
func (w *window) finish() {
	for len(w.candidates) > 1 {
		w.decide(w.candidates[0].at)
		w.candidates = w.candidates[1:]
	}
}

// settle makes the summaries of the blocks in which something changed. It is due after each run of add, and after finish.
func (w *window) settle() {
	before := w.before
	for i := range w.blocks {
		b := &w.blocks[i]
		if b.first+event.Position(b.count) > w.unsettled {
			if b.stale {
				b.again()
			}
			b.clock = later(before.clock, b.latest)
			b.recorded = later(before.recorded, b.recorded)
			w.changed[b.number] = b.summary
		}
		before = b.summary
	}
	w.unsettled = 1<<64 - 1
}

// again makes the summary of the times that there still are.
func (b *windowBlock) again() {
	b.timed, b.earliest, b.latest, b.stale = 0, event.Time{}, event.Time{}, false
	for i := range b.times {
		if !b.times[i].IsZero() {
			b.take(b.times[i])
		}
	}
}

// take adds an event's time to a summary.
func (s *summary) take(t event.Time) {
	s.timed++
	if s.earliest.IsZero() || t.Before(s.earliest) {
		s.earliest = t
	}
	if s.latest.Before(t) {
		s.latest = t
	}
}

func later(a, b event.Time) event.Time {
	if b.After(a) {
		return b
	}
	return a
}

func outlierKey(segment uint32) []byte { return binary.BigEndian.AppendUint32(nil, segment) }

// readOutliers is the set of outliers of a segment, by their offsets; mostly nil.
func readOutliers(tx *bbolt.Tx, segment uint32) (map[uint16]bool, error) {
	b, err := get(tx, bucketOutliers, outlierKey(segment))
	if err != nil || len(b) == 0 {
		return nil, err
	}
	set := make(map[uint16]bool, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		set[binary.LittleEndian.Uint16(b)] = true
	}
	return set, nil
}

// writeOutliers adds decided outliers, in ascending order, to their segments.
func writeOutliers(tx *bbolt.Tx, decided []event.Position) error {
	for len(decided) > 0 {
		segment, _ := segmentOf(decided[0])
		b, err := get(tx, bucketOutliers, outlierKey(segment))
		if err != nil {
			return err
		}
		value := append(newSealed(len(b)+2*len(decided)), b...)
		for len(decided) > 0 {
			s, off := segmentOf(decided[0])
			if s != segment {
				break
			}
			value = binary.LittleEndian.AppendUint16(value, off)
			decided = decided[1:]
		}
		if err := put(tx, bucketOutliers, outlierKey(segment), value); err != nil {
			return err
		}
	}
	return nil
}
