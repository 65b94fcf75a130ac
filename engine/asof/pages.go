package asof

import (
	"encoding/binary"
	"fmt"

	"asof/engine/store"

	"github.com/zeebo/xxh3"
)

// pages are the bytes of a run, in pieces of pageSize with a sum for each. The run's seal covers its header and the sums, and they the
// pages: so a look-up reads, and checks, a few pages of a run however large it is, each once per handle.
//
//	┌──────┬────────┬───────────────┬──────┬──────┬───
//	│ seal │ header │ sum u32, each │ page │ page │ …
//	└──────┴────────┴───────────────┴──────┴──────┴───
type pages struct {
	body []byte
	sums []byte
	warm warm // those found whole
	name string
}

// A page of the system holds several of ours, so that what is checked with a few bytes mostly lies in one.
const pageSize = 1024

// sumsOf is how many bytes the sums of a body take.
func sumsOf(body int) int { return 4 * ((body + pageSize - 1) / pageSize) }

// sumsIn is the same, of a body and its sums.
func sumsIn(both int) int { return 4 * ((both + pageSize + 3) / (pageSize + 4)) }

// startRun is a run's value up to its body, with room for the sums.
func startRun(header []byte, body int) []byte {
	b := append(newValue(len(header)+sumsOf(body)+body), header...)
	return append(b, make([]byte, sumsOf(body))...)
}

// finishRun fills the sums of a run's value in.
func finishRun(v []byte, header int) []byte {
	p, _ := cutPages(v[store.SealSize:], header)
	for i := range len(p.sums) / 4 {
		binary.LittleEndian.PutUint32(p.sums[4*i:], pageSum(p.page(i)))
	}
	return v
}

func pageSum(page []byte) uint32 { return uint32(xxh3.Hash(page)) }

// cutPages takes a run behind its seal apart.
func cutPages(b []byte, header int) (pages, error) {
	if len(b) < header {
		return pages{}, fmt.Errorf("%w: run of %d bytes", ErrDamaged, len(b))
	}
	b = b[header:]
	n := sumsIn(len(b))
	if n > len(b) {
		return pages{}, fmt.Errorf("%w: run of %d bytes", ErrDamaged, len(b))
	}
	return pages{sums: b[:n], body: b[n:]}, nil
}

func (p *pages) page(i int) []byte { return p.body[i*pageSize : min((i+1)*pageSize, len(p.body))] }

// want asks the system for the pages of a range, if this handle has not read all of them.
func (p *pages) want(from, to int) {
	to = min(to, len(p.body))
	for i := max(from, 0) / pageSize; i*pageSize < to; i++ {
		if !p.warm.has(i) {
			last := (to - 1) / pageSize
			store.WillNeed(p.body[i*pageSize : min((last+1)*pageSize, len(p.body))])
			return
		}
	}
}

// at is a range of the body, checked.
func (p *pages) at(from, to int) ([]byte, error) {
	if from < 0 || to < from || to > len(p.body) {
		return nil, fmt.Errorf("%w: %s: bytes %d to %d of %d", ErrDamaged, p.name, from, to, len(p.body))
	}
	for i := from / pageSize; i*pageSize < to; i++ {
		if p.warm.has(i) {
			continue
		}
		if pageSum(p.page(i)) != u32At(p.sums, i) {
			return nil, fmt.Errorf("%w: %s: page %d: the checksum is another", ErrDamaged, p.name, i)
		}
		p.warm.first(i)
	}
	return p.body[from:to], nil
}

// u32 is the number at place i of a list that starts at from.
func (p *pages) u32(from, i int) (uint32, error) {
	b, err := p.at(from+4*i, from+4*i+4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(b), nil
}

// all is the whole body, checked.
func (p *pages) all() ([]byte, error) {
	p.want(0, len(p.body))
	return p.at(0, len(p.body))
}
