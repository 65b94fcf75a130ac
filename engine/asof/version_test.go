package asof

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"go.etcd.io/bbolt"

	"asof/engine/store"
)

// An index of another format version is not called damaged: it is built anew, and read-only it is an error of its own.
func TestAnotherVersionIsBuiltAnew(t *testing.T) {
	log, p, keys, pristine := damageWorld(t)
	ctx, dir := context.Background(), t.TempDir()
	path := Path(dir, p.Identity())
	if err := os.WriteFile(path, pristine, 0o600); err != nil {
		t.Fatal(err)
	}
	ix, err := Open(ctx, dir, log, p, damageShape)
	if err != nil {
		t.Fatal(err)
	}
	want := answers(ix, keys, log.head)
	ix.Close()
	asOlder(t, path)

	o := damageShape
	o.ReadOnly = true
	if _, err := Open(ctx, dir, log, p, o); !errors.Is(err, ErrVersion) || errors.Is(err, ErrDamaged) {
		t.Errorf("read-only: %v", err)
	}
	var noticed error
	o.ReadOnly, o.Notice = false, func(cause error) { noticed = cause }
	if ix, err = Open(ctx, dir, log, p, o); err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	if !errors.Is(noticed, ErrVersion) || errors.Is(noticed, ErrDamaged) {
		t.Errorf("noticed %v", noticed)
	}
	if err := ix.Build(ctx, nil); err != nil {
		t.Fatal(err)
	}
	wrong(t, 0, answers(ix, keys, log.head), want, false)
}

// asOlder makes the head of an index say that it is of the version before.
func asOlder(t *testing.T, path string) {
	t.Helper()
	f, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = f.Update(context.Background(), func(tx *bbolt.Tx) error {
		h, err := readHeader(tx)
		if err != nil {
			return err
		}
		h.Format--
		b, err := json.Marshal(h)
		if err != nil {
			return err
		}
		w := writer{tx: tx}
		w.put(bucketMeta, []byte(metaHead), append(newValue(len(b)), b...))
		return w.err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A look at an earlier commit, while another goroutine has seen a later one, does not take the later one's names for damage.
func TestNamesMayBeAheadOfALook(t *testing.T) {
	log, p, _, pristine := damageWorld(t)
	ctx, dir := context.Background(), t.TempDir()
	if err := os.WriteFile(Path(dir, p.Identity()), pristine, 0o600); err != nil {
		t.Fatal(err)
	}
	ix, err := Open(ctx, dir, log, p, damageShape)
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	err = ix.look(ctx, func(r *reader) error {
		earlier := *r.layout
		earlier.state.names--
		if _, err := ix.loadNames(r.tx, &earlier); err != nil {
			t.Error(err)
		}
		later := *r.layout
		later.state.names++
		if _, err := ix.loadNames(r.tx, &later); !errors.Is(err, ErrDamaged) {
			t.Errorf("a name that is not there: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
