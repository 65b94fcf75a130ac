package asof

import (
	"encoding/binary"
	"sync"

	"asof/engine/event"
	"asof/engine/store"
)

// Every value of the file is sealed with the buckets and the key that it lies under (store.Seal), so that neither a flipped bit
// nor a value in a wrong place is taken for an answer. Of a part, the seal covers the rows of its frames, and they the frames; of a
// run, the rows of its leaves, and they the leaves (leaves.go).
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

// unsealRun checks the header of a run and the rows of its leaves, once per handle.
func (ix *Index) unsealRun(bucket string, key, v []byte, header int) (o opened, err error) {
	b, n, err := runHead(v, header, []byte(bucket), key)
	if err != nil {
		return o, err
	}
	ref := sealRef{bucket: bucket, key: binary.BigEndian.Uint32(key), sum: store.Sum(v)}
	whole, known := ix.seals.known(ref)
	if !known {
		store.WillNeed(v[:store.SealSize+n])
		if err := store.UnsealHead(v, n, []byte(bucket), key); err != nil {
			return o, err
		}
		whole = ix.seals.add(ref, (n-header)/leafRow)
	}
	return opened{b[:header], leaves{b[header:n], b[n:], whole, bucket}}, nil
}

// openRun checks a run as a whole.
func openRun(v []byte, header int, place ...[]byte) (o opened, err error) {
	b, n, err := runHead(v, header, place...)
	if err != nil {
		return o, err
	}
	if err := store.UnsealHead(v, n, place...); err != nil {
		return o, err
	}
	o = opened{b[:header], leaves{b[header:n], b[n:], newWarm((n - header) / leafRow), string(place[0])}}
	return o, o.check()
}

// runHead is a run behind its seal, and how many bytes of it are sealed.
func runHead(v []byte, header int, place ...[]byte) (b []byte, n int, err error) {
	if b, err = rest(v, place...); err == nil {
		n, err = leavesHead(b, header)
	}
	return b, n, err
}

// opened is a run taken apart.
type opened struct {
	head []byte
	leaves
}

// sealRun completes the seal of a run.
func sealRun(v []byte, header int, place ...[]byte) error {
	n, err := leavesHead(v[store.SealSize:], header)
	if err == nil {
		store.SealHead(v, n, place...)
	}
	return err
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

// unsealPart checks the head of a part, whose length stands at its front, once per handle, and opens it. So many bytes are asked for before
// that is known.
func (ix *Index) unsealPart(first event.Position, number uint32, v []byte, guess int) (*part, error) {
	place := segmentPlace(first, []byte{byte(number)})
	b, err := rest(v, place[:]...)
	if err != nil {
		return nil, err
	}
	ref := sealRef{segment: first, key: number, sum: store.Sum(v)}
	frames, known := ix.seals.known(ref)
	if !known {
		store.WillNeed(v[:guess])
		n, err := partHead(b)
		if err != nil {
			return nil, err
		}
		if n > guess {
			store.WillNeed(v[:n])
		}
		if err := store.UnsealHead(v, n, place[:]...); err != nil {
			return nil, err
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
