package asof

import (
	"encoding/binary"
	"sync"

	"asof/engine/event"
	"asof/engine/store"
)

// Every value of the file is sealed with the buckets and the key that it lies under (store.Seal), so that neither a flipped bit
// nor a value in a wrong place is taken for an answer. Of a part, the seal covers the rows of its frames, and they the frames; of a
// run, the sums of its pages, and they the pages (pages.go).
//
// Small values are checked whenever they are read, large ones when a handle reads them first.

const sealVersion = 1

func newValue(capacity int) []byte { return store.NewSealed(sealVersion, capacity) }

func unseal(v []byte, place ...[]byte) ([]byte, error) { return store.Unseal(sealVersion, v, place...) }

func rest(v []byte, place ...[]byte) ([]byte, error) { return store.Rest(sealVersion, v, place...) }

// sealRef names a value and its seal.
type sealRef struct {
	bucket  string
	segment event.Position
	key     uint32
	sum     uint64
}

// seals remembers the large values that have been found whole, and of parts which frames have been read.
type seals struct {
	mu    sync.RWMutex
	whole map[sealRef]warm
}

// maxSeals bounds what is remembered; beyond it everything is checked again.
const maxSeals = 1 << 16

func (s *seals) known(ref sealRef) (frames warm, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	frames, ok = s.whole[ref]
	return frames, ok
}

// add notes a value, of that many frames if it is a part. Who is first makes the room for them.
func (s *seals) add(ref sealRef, frames int) warm {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.whole == nil || len(s.whole) >= maxSeals {
		s.whole = make(map[sealRef]warm)
	}
	if _, ok := s.whole[ref]; !ok {
		s.whole[ref] = newWarm(frames)
	}
	return s.whole[ref]
}

// unsealRun checks the header of a run and the sums of its pages, once per handle.
func (ix *Index) unsealRun(bucket string, key, v []byte, header int) (head []byte, p pages, err error) {
	b, err := rest(v, []byte(bucket), key)
	if err != nil {
		return nil, p, err
	}
	if p, err = cutPages(b, header); err != nil {
		return nil, p, err
	}
	p.name = bucket
	ref := sealRef{bucket: bucket, key: binary.BigEndian.Uint32(key), sum: store.Sum(v)}
	whole, known := ix.seals.known(ref)
	if !known {
		n := header + len(p.sums)
		store.WillNeed(v[:n])
		if err := store.UnsealHead(v, n, []byte(bucket), key); err != nil {
			return nil, p, err
		}
		whole = ix.seals.add(ref, len(p.sums)/4)
	}
	p.warm = whole
	return b[:header], p, nil
}

// openRun checks a run as a whole.
func openRun(v []byte, header int, place ...[]byte) (o opened, err error) {
	b, err := rest(v, place...)
	if err != nil {
		return o, err
	}
	p, err := cutPages(b, header)
	if err == nil {
		err = store.UnsealHead(v, header+len(p.sums), place...)
	}
	if err != nil {
		return o, err
	}
	p.name, p.warm = string(place[0]), newWarm(len(p.sums)/4)
	o.head = b[:header]
	o.body, err = p.all()
	return o, err
}

// sealRun completes the seal of a run.
func sealRun(v []byte, header int, place ...[]byte) {
	store.SealHead(v, header+sumsIn(len(v)-store.SealSize-header), place...)
}

// segmentPlace is where the values of a segment lie.
func segmentPlace(first event.Position, name []byte) [3][]byte {
	return [3][]byte{[]byte(bucketSegments), posKey(first), name}
}

// unsealSegment checks a value of a segment other than a part, once per handle.
func (ix *Index) unsealSegment(first event.Position, name string, v []byte) ([]byte, error) {
	place := segmentPlace(first, []byte(name))
	ref := sealRef{bucket: name, segment: first, sum: store.Sum(v)}
	if _, ok := ix.seals.known(ref); ok {
		return rest(v, place[:]...)
	}
	store.WillNeed(v)
	b, err := unseal(v, place[:]...)
	if err == nil {
		ix.seals.add(ref, 0)
	}
	return b, err
}

// unsealPart checks the head of a part, whose length stands at its front, once per handle, and opens it.
func (ix *Index) unsealPart(first event.Position, number uint32, v []byte) (part, error) {
	place := segmentPlace(first, []byte{byte(number)})
	b, err := rest(v, place[:]...)
	if err != nil {
		return part{}, err
	}
	ref := sealRef{segment: first, key: number, sum: store.Sum(v)}
	frames, known := ix.seals.known(ref)
	if !known {
		store.WillNeed(v[:min(len(v), headGuess)])
		n, err := partHead(b)
		if err != nil {
			return part{}, err
		}
		if n > headGuess {
			store.WillNeed(v[:n])
		}
		if err := store.UnsealHead(v, n, place[:]...); err != nil {
			return part{}, err
		}
	}
	p, err := openPart(b, first)
	if err != nil {
		return p, err
	}
	if p.number = number; !known {
		frames = ix.seals.add(ref, p.frames)
	}
	p.warm = frames
	return p, nil
}

// headGuess is how many bytes of a part are asked for before it is known how long its head is.
const headGuess = 16 << 10
