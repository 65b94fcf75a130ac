package asof

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/store"
)

// answers asks an index all kinds of questions; an answer that is an error is that error.
func answers(ix *Index, keys []string, head event.Position) (all []any) {
	ctx := context.Background()
	add := func(err error, parts ...any) {
		if err != nil {
			all = append(all, err)
			return
		}
		all = append(all, fmt.Sprint(parts...))
	}
	for _, at := range []event.Position{1, head / 3, head / 2, head - 1, head} {
		for _, key := range keys {
			d, err := ix.State(ctx, key, at)
			add(err, d.Exists, d.Changed, d.Tainted, stamped(d.Root))
		}
		hash, err := ix.Hash(ctx, at)
		add(err, hash)
		n, err := ix.KeyCount(ctx, at)
		add(err, n)
		names, err := ix.KeysAt(ctx, at)
		add(err, names)
		all = append(all, listed(ix.Keys(ctx, at, KeysOptions{Alive: true})))
		all = append(all, listed(ix.Touched(ctx, at/2, at)))
	}
	for _, key := range keys[:4] {
		c, found, err := ix.Prev(ctx, key, "/a", head/2)
		add(err, c.Position, c.Op, found)
		c, found, err = ix.Next(ctx, key, "/a", head/3)
		add(err, c.Position, c.Op, found)
		all = append(all, listed(ix.History(ctx, key, "/b", HistoryOptions{Writes: true})))
	}
	st, err := ix.Stats(ctx, "/a", 0, 0)
	add(err, st)
	all = append(all, listed(ix.Errors(ctx, 0, 0)))
	return all
}

func listed[T any](seq func(func(T, error) bool)) any {
	var b strings.Builder
	for v, err := range seq {
		if err != nil {
			return err
		}
		if c, ok := any(v).(Change); ok {
			fmt.Fprint(&b, c.Position, c.Path, c.Op, c.New.Text())
			continue
		}
		fmt.Fprint(&b, v, ";")
	}
	return b.String()
}

// damageWorld is an index with everything in it that a file can have: joined runs, open segments, several keys per event, fold
// errors, big groups.
func damageWorld(t *testing.T) (log *memLog, p projection.Projection, keys []string, pristine []byte) {
	rnd := rand.New(rand.NewPCG(3, 9))
	types := []string{"Set", "Set", "Set", "List", "Pop", "Whole", "Delete", "Several", "None", "Fail", "Bad"}
	log = &memLog{block: 50, head: 700}
	for i := range 700 {
		raw := fmt.Appendf(nil, `{"a":%d,"b":"text %d","c":[1,{"d":%d}],"name-%d":null}`, i%7, rnd.IntN(50), i, i%30)
		stream := fmt.Sprintf("s-%03d", rnd.IntN(i/4+1))
		if !slices.Contains(keys, stream) {
			keys = append(keys, stream)
		}
		log.events = append(log.events, event.Event{
			Position: event.Position(i + 1), ID: fmt.Sprint(i), Stream: event.StreamID(stream), Type: types[rnd.IntN(len(types))],
			Raw: raw, Payload: event.Whole(0, len(raw)),
		})
	}
	p, err := projection.Parse("test.star", projection.Options{ReadFile: func(string) ([]byte, error) { return []byte(testScript), nil }})
	if err != nil {
		t.Fatal(err)
	}
	dir, ctx := t.TempDir(), context.Background()
	ix, err := Open(ctx, dir, log, p, damageShape)
	if err != nil {
		t.Fatal(err)
	}
	for _, log.head = range []event.Position{650, 660, 700} {
		if err := ix.Build(ctx, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := ix.Verify(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if err := ix.Close(); err != nil {
		t.Fatal(err)
	}
	if pristine, err = os.ReadFile(Path(dir, p.Identity())); err != nil {
		t.Fatal(err)
	}
	return log, p, keys[:min(len(keys), 12)], pristine
}

var damageShape = Options{Segment: 64, Partitions: 2, FrameBytes: 512}

// damages are ways to spoil a file: bits that flip, and lengths that it is cut to.
func damages(size int) []func([]byte) []byte {
	rnd := rand.New(rand.NewPCG(11, 4))
	var all []func([]byte) []byte
	for range 320 {
		at, bit := rnd.IntN(size), byte(1)<<rnd.IntN(8)
		all = append(all, func(b []byte) []byte { b[at] ^= bit; return b })
	}
	for at := 0; at < size; at += size/16 + 1 {
		all = append(all, func(b []byte) []byte { return b[:at] })
	}
	for range 16 {
		// Not onto the first two: one of these in the place of the other is the whole file of a commit before.
		from, to := rnd.IntN(size/4096)*4096, 4096*(2+rnd.IntN(size/4096-2))
		all = append(all, func(b []byte) []byte { copy(b[to:to+4096], b[from:from+4096]); return b })
	}
	return all
}

func TestDamageIsToldOrCuredNeverAnswered(t *testing.T) {
	log, p, keys, pristine := damageWorld(t)
	ctx, dir := context.Background(), t.TempDir()
	path := Path(dir, p.Identity())
	write := func(b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open := func(o Options) (*Index, error) { return Open(ctx, dir, log, p, o) }
	readOnly := damageShape
	readOnly.ReadOnly = true
	write(pristine)
	ix, err := open(readOnly)
	if err != nil {
		t.Fatal(err)
	}
	want := answers(ix, keys, log.head)
	ix.Close()
	told, cured := 0, 0
	for i, spoil := range damages(len(pristine)) {
		spoiled := spoil(slices.Clone(pristine))
		write(spoiled)
		before := told
		if ix, err = open(readOnly); err == nil {
			told += wrong(t, i, answers(ix, keys, log.head), want, true)
			ix.Close()
		} else {
			told++
			if !errors.Is(err, ErrDamaged) || strings.Contains(err.Error(), "runtime") {
				t.Errorf("damage %d: opened with %v", i, err)
			}
		}
		if told == before || told%4 > 0 { // a few cures are enough: each writes and syncs a file
			continue
		}
		write(spoiled)
		notices := damageShape
		notices.Notice = func(cause error) {
			cured++
			if !errors.Is(cause, store.ErrDamaged) || strings.Contains(cause.Error(), "runtime") {
				t.Errorf("damage %d: noticed %v", i, cause)
			}
		}
		if ix, err = open(notices); err != nil {
			t.Fatalf("damage %d: %v", i, err)
		}
		if err := ix.Build(ctx, nil); err != nil {
			t.Errorf("damage %d: build: %v", i, err)
		}
		wrong(t, i, answers(ix, keys, log.head), want, false)
		ix.Close()
	}
	t.Logf("%d told, %d cured of %d in %d bytes", told, cured, len(damages(len(pristine))), len(pristine))
	if told < 60 || cured < 15 { // two thirds of so small a file are pages of no use; how many depends on how the commits fell
		t.Errorf("only %d damages were told and %d cured", told, cured)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.new*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// wrong compares answers with those of the pristine index, and returns 1 if an error was among them.
func wrong(t *testing.T, i int, got, want []any, mayFail bool) (told int) {
	for k := range want {
		if got[k] == want[k] {
			continue
		}
		err, _ := got[k].(error)
		if mayFail && (errors.Is(err, ErrDamaged) || errors.Is(err, ErrNotBuilt)) && !strings.Contains(err.Error(), "runtime") {
			told = 1
			continue
		}
		t.Errorf("damage %d: answer %d is %v, not %v", i, k, got[k], want[k])
		return told
	}
	return told
}

func TestVerifyFindsWhatQuestionsDoNot(t *testing.T) {
	log, p, _, pristine := damageWorld(t)
	ctx, dir := context.Background(), t.TempDir()
	path := Path(dir, p.Identity())
	rnd := rand.New(rand.NewPCG(5, 5))
	found := 0
	for i := range 24 {
		spoiled := slices.Clone(pristine)
		spoiled[8192+rnd.IntN(len(spoiled)-8192)] ^= 1 << rnd.IntN(8)
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		o := damageShape
		o.ReadOnly = true
		ix, err := Open(ctx, dir, log, p, o)
		if err == nil {
			err = ix.Verify(ctx, nil)
			ix.Close()
		}
		if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrMismatch) {
			t.Errorf("damage %d: %v", i, err)
		}
		if err != nil {
			found++
		}
	}
	t.Logf("found %d of 24; the rest lies in pages that are free or unused space", found)
	if found < 5 {
		t.Errorf("verify found %d of 24 damages", found)
	}
}
