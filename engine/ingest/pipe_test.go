package ingest

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

func TestStandardInput(t *testing.T) {
	for _, text := range []string{"", "a s 1\nb s 2", "doc s 1\nb s 2\n", pack("a s 1\nb s 2\n"), strings.Repeat("a s 1\n", 50_000)} {
		cfg := config()
		cfg.Stdin = strings.NewReader(text)
		log := &memoryLog{}
		res := log.load(t, cfg, "-")
		if want := strings.Count(text, " s "); text != "" && text[0] != 'Z' && res.Events != uint64(want) {
			t.Errorf("%d events, want %d", res.Events, want)
		}
		root := log.root()
		cfg.Stdin = strings.NewReader(text) // the same once more, into the same store
		if res := log.load(t, cfg, "-"); res.Events != 0 || log.root() != root {
			t.Errorf("%.10q again: %+v", text, res)
		}
	}
}

func TestAPipeIsFollowed(t *testing.T) {
	r, w := io.Pipe()
	cfg := config()
	cfg.Stdin, cfg.Temp = r, t.TempDir()
	go w.Write([]byte("a s 1\nb s"))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	p, err := Prepare(ctx, []string{"-"}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	log := &memoryLog{}
	f, err := newFollower(p, func(Result) {
		switch len(log.saved.events) {
		case 1:
			go w.Write([]byte(" 2\nc s 3\n"))
		case 3:
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	f.open = func(context.Context) (*store, error) { return log.store(), nil }
	if err := f.run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	wantIDs(t, log.order(), "a b c")
}
