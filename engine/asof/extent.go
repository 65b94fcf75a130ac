package asof

import (
	"encoding/binary"
	"fmt"

	"asof/engine/event"
)

// extent is one segment: the positions first … last in parts partitions.
type extent struct {
	first, last event.Position
	parts       uint32
	firstID     uint32 // the first key id that the segment could have given out
	closed      bool   // no later build takes it up again
	errors      uint32 // fold errors
	rows        uint32 // of buckets that a partition has given out up to here, at most
	changes     uint64
	sum         totals   // after last
	at          []partAt // of the parts, if that has been written down
}

// partAt is where the value of a part lies in the file. Nothing is written to the bucket of a closed segment, so that it stays there. A
// look-up goes there without bbolt's tree, whose leaves have each key behind the value before: a read of the disk for each.
type partAt struct {
	from, size uint64
	head       uint32 // bytes up to the frames, with the seal
}

const partAtSize = 20

const extentSize = 36 + markSize

func (e extent) encode() []byte {
	b := binary.LittleEndian.AppendUint64(newValue(extentSize+len(e.at)*partAtSize), uint64(e.last))
	b = binary.LittleEndian.AppendUint32(b, e.parts)
	b = binary.LittleEndian.AppendUint32(b, e.firstID)
	closed := uint32(0)
	if e.closed {
		closed = 1
	}
	b = binary.LittleEndian.AppendUint32(b, closed)
	b = binary.LittleEndian.AppendUint32(b, e.errors)
	b = binary.LittleEndian.AppendUint32(b, e.rows)
	b = binary.LittleEndian.AppendUint64(b, e.changes)
	b = appendTotals(b, e.sum)
	for _, at := range e.at {
		b = binary.LittleEndian.AppendUint64(b, at.from)
		b = binary.LittleEndian.AppendUint64(b, at.size)
		b = binary.LittleEndian.AppendUint32(b, at.head)
	}
	return b
}

func decodeExtent(k, v []byte) (extent, error) {
	v, err := unseal(v, []byte(bucketExtents), k)
	if err != nil {
		return extent{}, err
	}
	if len(k) != 8 || len(v) < extentSize {
		return extent{}, fmt.Errorf("%w: extent of %d bytes", ErrDamaged, len(v))
	}
	e := extent{
		first:   event.Position(binary.BigEndian.Uint64(k)),
		last:    event.Position(binary.LittleEndian.Uint64(v)),
		parts:   binary.LittleEndian.Uint32(v[8:]),
		firstID: binary.LittleEndian.Uint32(v[12:]),
		closed:  v[16] != 0,
		errors:  binary.LittleEndian.Uint32(v[20:]),
		rows:    binary.LittleEndian.Uint32(v[24:]),
		changes: binary.LittleEndian.Uint64(v[28:]),
		sum:     decodeTotals(v[36:]),
	}
	list := v[extentSize:]
	if len(list) > 0 && uint64(len(list)) != uint64(e.parts)*partAtSize {
		return e, fmt.Errorf("%w: extent of %d bytes", ErrDamaged, len(v))
	}
	for ; len(list) > 0; list = list[partAtSize:] {
		e.at = append(e.at, partAt{binary.LittleEndian.Uint64(list), binary.LittleEndian.Uint64(list[8:]), binary.LittleEndian.Uint32(list[16:])})
	}
	return e, nil
}
