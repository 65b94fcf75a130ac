package eventlog

import (
	"math/rand/v2"
	"testing"

	"asof/engine/event"
)

// FuzzBlock reads any bytes as a block whose seal is whole: an error or events, never a panic.
func FuzzBlock(f *testing.F) {
	s := &shop{random: rand.New(rand.NewPCG(1, 2)), streams: 5}
	n, err := newEncoder()
	if err != nil {
		f.Fatal(err)
	}
	z, err := newDecompressor()
	if err != nil {
		f.Fatal(err)
	}
	defer z.Close()
	f.Add(n.encode(s.batch(nil, 20))[sealSize:])
	f.Fuzz(func(t *testing.T, b []byte) {
		if frame, parts, err := expand(z, 1, b, new([]byte)); err == nil {
			readSome(newOpened(frame, parts, nil))
			s := &sieve{literals: []*Literal{NewLiteral("OK", false)}}
			if frame, parts, err = expandBut(z, 1, b, new([]byte), s); err == nil {
				newSeeker(s.literals).nowhere(frame.count, parts)
			}
		}
		block, err := parseBlock(z, 1, b)
		if err != nil {
			return
		}
		for i := range block.events {
			_, _ = block.events[i].Data(), block.events[i].Metadata()
		}
	})
}

// readSome makes some events of a block alone, and those that may hold a text.
func readSome(o *opened) {
	found, _ := newSeeker([]*Literal{NewLiteral("OK", false), NewLiteral(`ok","w`, true)}).seekIn(o.first, o.count, o.parts)
	for i := range found {
		_, _ = found[i].Data(), found[i].Metadata()
	}
	for _, at := range []event.Position{o.last(), (o.first + o.last()) / 2} {
		if e, err := o.event(at); err == nil {
			_, _ = e.Data(), e.Metadata()
		}
	}
}

// FuzzColumns reads any bytes as columns and records.
func FuzzColumns(f *testing.F) {
	s := &shop{random: rand.New(rand.NewPCG(1, 2)), streams: 5}
	events := s.batch(nil, 5)
	var c columns
	c.encode(events)
	p := expanded(f, &c, 5)
	f.Add(5, p.rest, p.cuts, p.cols, p.lengths)
	for i := range events {
		events[i].Cast = castOf(events[i].Raw)
	}
	c = columns{}
	c.encode(events)
	p = expanded(f, &c, 5)
	f.Add(5, p.rest, p.cuts, p.cols, p.lengths)
	f.Fuzz(func(t *testing.T, count int, rest, cuts, cols, lengths []byte) {
		p := parts{rest: rest, cuts: cuts, cols: cols, lengths: lengths}
		if count > 0 && count <= SegmentSize {
			readSome(newOpened(frame{first: 1, count: count}, p, nil))
		}
		events, err := decodeBlock(1, max(count, 0), p)
		if err != nil {
			return
		}
		for i := range events {
			_, _ = events[i].Data(), events[i].Metadata()
		}
	})
}

// FuzzRun reads any bytes as postings, and as a page of names.
func FuzzRun(f *testing.F) {
	f.Add(encodeRun(byID, []posting{postingOf(byID.hash("a"), 1), postingOf(byID.hash("b"), 7)})[sealSize:], uint64(0))
	f.Fuzz(func(t *testing.T, b []byte, hash uint64) {
		p := pageScan{r: reader{b: b}}
		for ok, err := true, error(nil); ok && err == nil; {
			_, ok, err = p.next()
		}
		p = pageScan{r: reader{b: b}}
		_, _, _ = p.find("order-17")
		for k := range kindCount {
			r, err := parseRun(k, b)
			if err != nil {
				continue
			}
			if list, err := r.find(hash); err == nil && list.n > 0 {
				_, _ = list.next(5)
				_, _ = list.prev(70_000)
				_ = list.below(900)
			}
			_, _ = r.appendPostings(nil)
		}
	})
}
