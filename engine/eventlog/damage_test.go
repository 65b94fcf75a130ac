package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

func TestVerifyNamesTheChangedEvent(t *testing.T) {
	s := &shop{random: rand.New(rand.NewPCG(1, 9)), streams: 50}
	events := s.batch(nil, 900)
	for range 20 {
		l := newBench(t)
		writeAll(t, l, events, false)
		victim := event.Position(rand.IntN(900) + 1)
		change(t, l, victim)
		r := must(l.Verify(t.Context(), nil))(t)
		if r.OK || r.Bad != victim {
			t.Fatalf("changed %d, told %+v", victim, r)
		}
		l.Close()
	}
}

// change rewrites one event with a whole seal, as somebody would who knows the format.
func change(t *testing.T, l *Log, victim event.Position) {
	t.Helper()
	n := must(newEncoder())(t)
	err := l.file.Update(t.Context(), func(tx *bbolt.Tx) error {
		b, err := l.readBlock(tx, victim)
		if err != nil {
			return err
		}
		e := &b.events[victim-b.first]
		e.Raw = append([]byte{}, e.Raw...)
		e.Raw[len(e.Raw)/2] ^= 1
		value := n.encode(b.events)
		copy(value[sealSize+blockHead-32:], b.link[:])
		copy(value[sealSize+blockHead:], b.checks)
		return put(tx, bucketBlocks, blockKey(b.first), value)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOlderCopyIsSeen(t *testing.T) {
	l := newBench(t)
	file := filepath.Join(l.Dir(), FileName)
	must(l.Append(t.Context(), "s", Any(), []New{{Type: "T"}}))(t)
	l.Close()
	old := must(os.ReadFile(file))(t)
	l = must(Open(t.Context(), l.Dir(), Options{}))(t)
	must(l.Append(t.Context(), "s", Any(), []New{{Type: "T"}}))(t)
	l.Close()
	if err := os.WriteFile(file, old, 0o600); err != nil {
		t.Fatal(err)
	}
	l = must(Open(t.Context(), l.Dir(), Options{ReadOnly: true}))(t)
	defer l.Close()
	if r := must(l.Verify(t.Context(), nil))(t); r.OK || r.Bad != 2 {
		t.Fatalf("%+v", r)
	}
}

// TestDamageIsDetectedOrHarmless flips bits and cuts the file. Whatever then can be read must be what was written, or the
// damage must be told; nothing may panic or hang.
func TestDamageIsDetectedOrHarmless(t *testing.T) {
	t.Parallel()
	l := newBench(t)
	s := &shop{random: rand.New(rand.NewPCG(1, 3)), streams: 40}
	events := s.batch(nil, 300)
	for at := 0; at < len(events); at += 60 {
		writeAll(t, l, events[at:at+60], false)
	}
	m := &model{}
	m.add(events)
	l.Close()
	whole := must(os.ReadFile(filepath.Join(l.Dir(), FileName)))(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d bytes", seed, len(whole))
	random := rand.New(rand.NewPCG(seed, 0))
	detected := 0
	try := func(name string, b []byte) {
		if !harmless(t, name, l.Dir(), b, m) {
			detected++
		}
	}
	for n := 0; n < len(whole); n += 4096 {
		try(fmt.Sprint("cut at ", n), whole[:n])
	}
	for range 500 {
		b := append([]byte{}, whole...)
		at, bit := random.IntN(len(b)), random.IntN(8)
		b[at] ^= 1 << bit
		try(fmt.Sprintf("bit %d of %d", bit, at), b)
	}
	t.Logf("%d detected", detected)
}

func harmless(t *testing.T, name, dir string, b []byte, m *model) bool {
	t.Helper()
	bad := filepath.Join(t.TempDir(), "s")
	if err := os.MkdirAll(bad, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string][]byte{FileName: b, sidecarName: must(os.ReadFile(filepath.Join(dir, sidecarName)))(t)} {
		if err := os.WriteFile(filepath.Join(bad, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	l, err := Open(ctx, bad, Options{ReadOnly: true})
	if err != nil {
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		return false
	}
	defer l.Close()
	r, err := l.Verify(ctx, nil)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if !r.OK {
		for _, err := range l.Range(ctx, 300, 1) {
			if err != nil && !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %v", name, err)
			}
		}
		return false
	}
	compare(t, l, m)
	return true
}

// A run of postings that is gone, of whatever kind, is told: a search would miss events.
func TestMissingPostingsAreTold(t *testing.T) {
	for k := range kindCount {
		l := newBench(t)
		s := &shop{random: rand.New(rand.NewPCG(1, 3)), streams: 40}
		writeAll(t, l, s.batch(nil, 300), false)
		err := l.file.Update(t.Context(), func(tx *bbolt.Tx) error {
			key, _ := tx.Bucket(bucketPostings).Cursor().Seek([]byte{byte(k)})
			if len(key) == 0 || key[0] != byte(k) {
				return fmt.Errorf("no postings of kind %d", k)
			}
			return tx.Bucket(bucketPostings).Delete(key)
		})
		if err != nil {
			t.Fatal(err)
		}
		if r := must(l.Verify(t.Context(), nil))(t); r.OK {
			t.Errorf("kind %d: not told", k)
		}
		l.Close()
	}
}
