package asof

import (
	"encoding/binary"
	"sync"

	"asof/engine/event"
	"asof/engine/store"
)

// Every value of the file is sealed with the buckets and the key that it lies under (store.Seal), so that neither a flipped bit
// nor a value in a wrong place is taken for an answer. Of a part, the seal covers the rows of its frames, and they the frames.
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

// seals remembers the large values that have been found whole.
type seals struct {
	mu    sync.RWMutex
	whole map[sealRef]struct{}
}

// maxSeals bounds what is remembered; beyond it everything is checked again.
const maxSeals = 1 << 16

func (s *seals) known(ref sealRef) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, ok := s.whole[ref]
	return ok
}

func (s *seals) add(ref sealRef) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.whole == nil || len(s.whole) >= maxSeals {
		s.whole = make(map[sealRef]struct{})
	}
	s.whole[ref] = struct{}{}
}

// unsealRun checks a run, once per handle.
func (ix *Index) unsealRun(bucket string, key, v []byte) ([]byte, error) {
	ref := sealRef{bucket: bucket, key: binary.BigEndian.Uint32(key), sum: store.Sum(v)}
	if ix.seals.known(ref) {
		return rest(v, []byte(bucket), key)
	}
	b, err := unseal(v, []byte(bucket), key)
	if err == nil {
		ix.seals.add(ref)
	}
	return b, err
}

// segmentPlace is where the values of a segment lie.
func segmentPlace(first event.Position, name []byte) [3][]byte {
	return [3][]byte{[]byte(bucketSegments), posKey(first), name}
}

// unsealSegment checks a value of a segment other than a part, once per handle.
func (ix *Index) unsealSegment(first event.Position, name string, v []byte) ([]byte, error) {
	place := segmentPlace(first, []byte(name))
	ref := sealRef{bucket: name, segment: first, sum: store.Sum(v)}
	if ix.seals.known(ref) {
		return rest(v, place[:]...)
	}
	b, err := unseal(v, place[:]...)
	if err == nil {
		ix.seals.add(ref)
	}
	return b, err
}

// unsealPart checks the head of a part, whose length stands at its front, once per handle.
func (ix *Index) unsealPart(first event.Position, number uint32, v []byte) ([]byte, error) {
	place := segmentPlace(first, []byte{byte(number)})
	b, err := rest(v, place[:]...)
	if err != nil {
		return nil, err
	}
	ref := sealRef{segment: first, key: number, sum: store.Sum(v)}
	if ix.seals.known(ref) {
		return b, nil
	}
	n, err := partHead(b)
	if err == nil {
		err = store.UnsealHead(v, n, place[:]...)
	}
	if err == nil {
		ix.seals.add(ref)
	}
	return b, err
}
