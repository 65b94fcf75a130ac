package eventlog

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"iter"

	"github.com/klauspost/compress/zstd"
	"go.etcd.io/bbolt"
)

var (
	bucketSources = []byte("sources")
	bucketRejects = []byte("rejects")
)

func sourceKey(id uint32) []byte { return binary.BigEndian.AppendUint32(nil, id) }

func writeSources(tx *bbolt.Tx, sources []Source) error {
	for i := range sources {
		text, err := json.Marshal(&sources[i])
		if err != nil {
			return err
		}
		if err := put(tx, bucketSources, sourceKey(sources[i].ID), append(newSealed(len(text)), text...)); err != nil {
			return err
		}
	}
	return nil
}

// Sources is the table of sources, by ID.
func (l *Log) Sources(ctx context.Context) ([]Source, error) {
	var list []Source
	err := l.view(ctx, func(tx *bbolt.Tx) error {
		h, err := readHead(tx)
		if err != nil {
			return err
		}
		for id := uint32(1); id <= h.Sources; id++ {
			var s Source
			if err := readJSON(tx, bucketSources, sourceKey(id), &s); err != nil {
				return err
			}
			list = append(list, s)
		}
		return nil
	})
	return list, err
}

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
		var plain []byte
		first, n := rejects[0].Number, 0
		for n < len(rejects) && n < rejectsPerValue && len(plain) < rejectBytes {
			r := &rejects[n]
			plain = binary.AppendUvarint(plain, uint64(r.Source))
			plain = binary.AppendUvarint(plain, r.Line)
			plain = binary.AppendUvarint(plain, r.Offset)
			plain = appendText(plain, r.Reason)
			plain = appendText(plain, string(r.Bytes))
			n++
		}
		value := binary.LittleEndian.AppendUint32(newSealed(len(plain)/2), uint32(n))
		value = binary.LittleEndian.AppendUint32(value, uint32(len(plain)))
		if err := put(tx, bucketRejects, rejectKey(first), z.EncodeAll(plain, value)); err != nil {
			return err
		}
		rejects = rejects[n:]
	}
	return nil
}

func (l *Log) parseRejects(first uint64, sealed []byte) ([]Rejected, error) {
	if len(sealed) < 8 {
		return nil, damaged("rejected records %d: %d bytes", first, len(sealed))
	}
	n, size := binary.LittleEndian.Uint32(sealed), binary.LittleEndian.Uint32(sealed[4:])
	if n > rejectsPerValue || size > maxBlock {
		return nil, damaged("rejected records %d: %d in %d bytes", first, n, size)
	}
	plain, err := l.zstd.DecodeAll(sealed[8:], make([]byte, 0, size))
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
				if r.Number >= number && !yield(r, nil) {
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
		if err != nil || number > h.Info.Rejected {
			return err
		}
		c, err := cursor(tx, bucketRejects)
		if err != nil {
			return err
		}
		k, v := c.Seek(rejectKey(number))
		if k == nil {
			k, v = c.Last()
		} else if len(k) == 8 && binary.BigEndian.Uint64(k) > number {
			k, v = c.Prev()
		}
		if len(k) != 8 {
			return damaged("rejected record %d is missing", number)
		}
		b, err := unseal(bucketRejects, k, v)
		if err != nil {
			return err
		}
		list, err = l.parseRejects(binary.BigEndian.Uint64(k), b)
		if err == nil && (len(list) == 0 || list[len(list)-1].Number < number) {
			err = damaged("rejected record %d is missing", number)
		}
		return err
	})
	return list, err
}
