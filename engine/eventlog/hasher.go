package eventlog

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"hash"
	"slices"
	"sync"
)

// hasher makes the SHA-256 of many short messages. It pads each by itself, so that all of its blocks go to the hash at once; what the
// hash says of its state then is the sum. That spares a quarter of what sha256.Sum256 takes for a message of two blocks.
type hasher struct {
	hash  hash.Hash
	state encoding.BinaryAppender
	text  []byte // the message
	said  []byte
}

const (
	stateMagic = 4 // what the state of a hash begins with; the sum so far follows
	// mostPadded is the longest message that is copied to be padded.
	mostPadded = 4 << 10
)

var hashers = sync.Pool{New: func() any {
	h := &hasher{hash: sha256.New()}
	h.state, _ = h.hash.(encoding.BinaryAppender)
	return h
}}

// statesAreSums says that the state of a hash is laid out as is supposed here; else Sum256 does it.
var statesAreSums = func() bool {
	h := hashers.New().(*hasher)
	h.text = append(h.text, "a message"...)
	return h.state != nil && h.padded() == sha256.Sum256([]byte("a message"))
}()

// of is the sum of a message.
func (h *hasher) of(message []byte) link {
	if len(message) > mostPadded {
		return sha256.Sum256(message)
	}
	h.text = append(h.text[:0], message...)
	return h.sum()
}

// sum is the sum of the text.
func (h *hasher) sum() link {
	if !statesAreSums {
		return sha256.Sum256(h.text)
	}
	return h.padded()
}

func (h *hasher) padded() (sum link) {
	const block = sha256.BlockSize
	n := len(h.text)
	size := (n + 1 + 8 + block - 1) &^ (block - 1)
	h.text = slices.Grow(h.text, size-n)
	text := h.text[:size]
	text[n] = 0x80
	clear(text[n+1 : size-8])
	binary.BigEndian.PutUint64(text[size-8:], 8*uint64(n))
	h.hash.Reset()
	_, _ = h.hash.Write(text)
	h.said, _ = h.state.AppendBinary(h.said[:0])
	copy(sum[:], h.said[stateMagic:])
	return sum
}
