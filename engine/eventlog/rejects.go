package eventlog

import (
	"context"
	"encoding/binary"
	"iter"

	"github.com/klauspost/compress/zstd"
	"go.etcd.io/bbolt"
)

var bucketRejects = []byte("rejects")

// rejectsPerValue and rejectBytes bound a value of rejected records, which lie packed under the number of the first.
const (
	rejectsPerValue = 256
	rejectBytes     = 64 << 10
)

func rejectKey(number uint64) []byte { return binary.BigEndian.AppendUint64(nil, number) }

func writeRejects(tx *bbolt.Tx, rejects []Rejected) error {
	if len(rejects) == 0 {
		return nil
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	defer z.Close()
	for len(rejects) > 0 {
		n, size := 0, 0
		for n < len(rejects) && n < rejectsPerValue && size < rejectBytes {
			size += len(rejects[n].Reason) + len(rejects[n].Bytes)
			n++
		}
		if err := putRejects(tx, z, rejects[:n]); err != nil {
			return err
		}
		rejects = rejects[n:]
	}
	return nil
}

// putRejects writes one value.
func putRejects(tx *bbolt.Tx, z *zstd.Encoder, rejects []Rejected) error {
	var plain []byte
	for i := range rejects {
		r := &rejects[i]
		plain = binary.AppendUvarint(plain, uint64(r.Source))
		plain = binary.AppendUvarint(plain, r.Line)
		plain = binary.AppendUvarint(plain, r.Offset)
		plain = appendText(plain, r.Reason)
		plain = appendText(plain, string(r.Bytes))
	}
	value := binary.LittleEndian.AppendUint32(newSealed(len(plain)/2), uint32(len(rejects)))
	value = binary.LittleEndian.AppendUint32(value, uint32(len(plain)))
	return put(tx, bucketRejects, rejectKey(rejects[0].Number), z.EncodeAll(plain, value))
}

// A rejected record that was taken back keeps its number, and nothing else: all others have a reason.
func (r *Rejected) withdraw() {
	*r = Rejected{Number: r.Number}
}

func (r *Rejected) withdrawn() bool { return r.Source == 0 && r.Reason == "" }

// withdrawRejects takes rejected records back. There are few: at most one a source.
func withdrawRejects(tx *bbolt.Tx, numbers []uint64) error {
	if len(numbers) == 0 {
		return nil
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	defer z.Close()
	d, err := newDecompressor()
	if err != nil {
		return err
	}
	defer d.Close()
	for _, number := range numbers {
		list, err := findRejects(tx, d, number)
		if err != nil {
			return err
		}
		list[number-list[0].Number].withdraw()
		if err := putRejects(tx, z, list); err != nil {
			return err
		}
	}
	return nil
}

func parseRejects(d *zstd.Decoder, first uint64, sealed []byte) ([]Rejected, error) {
	if len(sealed) < 8 {
		return nil, damaged("rejected records %d: %d bytes", first, len(sealed))
	}
	n, size := binary.LittleEndian.Uint32(sealed), binary.LittleEndian.Uint32(sealed[4:])
	if n > rejectsPerValue || size > maxBlock {
		return nil, damaged("rejected records %d: %d in %d bytes", first, n, size)
	}
	plain, err := d.DecodeAll(sealed[8:], make([]byte, 0, size))
	if err != nil {
		return nil, damaged("rejected records %d: %w", first, err)
	}
	r := reader{b: plain}
	list := make([]Rejected, n)
	for i := range list {
		list[i] = Rejected{Number: first + uint64(i), Source: uint32(r.uint()), Line: r.uint(), Offset: r.uint(), Reason: r.text(), Bytes: r.bytes(r.uint())}
	}
	if r.bad {
		return nil, damaged("rejected records %d are cut", first)
	}
	return list, nil
}

// Rejects yields the rejected records with a Number above after, in the order in which they were read.
func (l *Log) Rejects(ctx context.Context, after uint64) iter.Seq2[Rejected, error] {
	return func(yield func(Rejected, error) bool) {
		for number := after + 1; ; {
			list, err := l.rejectsAt(ctx, number)
			if err != nil {
				yield(Rejected{}, err)
				return
			}
			if len(list) == 0 {
				return
			}
			for _, r := range list {
				if r.Number >= number && !r.withdrawn() && !yield(r, nil) {
					return
				}
			}
			number = list[len(list)-1].Number + 1
		}
	}
}

// rejectsAt is the packed records that have a number, or nil behind the last.
func (l *Log) rejectsAt(ctx context.Context, number uint64) (list []Rejected, err error) {
	err = l.view(ctx, func(tx *bbolt.Tx) error {
		h, err := readHead(tx)
		if err != nil || number > h.Rejects {
			return err
		}
		list, err = findRejects(tx, l.zstd, number)
		return err
	})
	return list, err
}

// findRejects is the packed records that have a number.
func findRejects(tx *bbolt.Tx, d *zstd.Decoder, number uint64) ([]Rejected, error) {
	c, err := cursor(tx, bucketRejects)
	if err != nil {
		return nil, err
	}
	k, v := c.Seek(rejectKey(number))
	if k == nil {
		k, v = c.Last()
	} else if len(k) == 8 && binary.BigEndian.Uint64(k) > number {
		k, v = c.Prev()
	}
	if len(k) != 8 {
		return nil, damaged("rejected record %d is missing", number)
	}
	b, err := unseal(bucketRejects, k, v)
	if err != nil {
		return nil, err
	}
	list, err := parseRejects(d, binary.BigEndian.Uint64(k), b)
	if err == nil && (len(list) == 0 || list[0].Number > number || list[len(list)-1].Number < number) {
		err = damaged("rejected record %d is missing", number)
	}
	return list, err
}
