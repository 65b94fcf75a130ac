package asof

import (
	"context"
	"testing"

	"go.etcd.io/bbolt"
)

func TestSizes(t *testing.T) {
	log := benchLog(benchEvents(t))
	ix := benchIndex(t, log, "merge")
	total, kf, ents, groups := 0, 0, 0, 0
	defer func() { t.Log(total, kf, ents, groups) }()
	ix.file.View(context.Background(), func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			n, k := 0, 0
			tx.Bucket([]byte(name)).ForEach(func(key, v []byte) error {
				if v == nil {
					tx.Bucket([]byte(name)).Bucket(key).ForEach(func(key, v []byte) error {
						n += len(v)
						k++
						if len(key) == 1 {
							p, _ := openPart(v, 1, ix.decoder)
							for f := range p.frames {
								raw, _ := p.frame(f, nil)
								total += len(raw)
								for len(raw) > 0 {
									g, rest, _ := nextGroup(raw)
									raw = rest
									groups++
									kf += len(g.row)
									ents += len(g.entries)
								}
							}
						}
						return nil
					})
				}
				n += len(v)
				k++
				return nil
			})
			t.Logf("%s: %d values, %d bytes", name, k, n)
		}
		return nil
	})
	t.Log(ix.Info().Bytes)
}
