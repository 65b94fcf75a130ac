package eventlog

import (
	"context"
	"encoding/binary"
	"encoding/json"

	"go.etcd.io/bbolt"
)

var bucketSources = []byte("sources")

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
