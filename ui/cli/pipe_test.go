package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"asof/ui/tui"
)

// TestAPipeIsLoadedAsItComes loads standard input behind the screen: lines are there before it ends, and each is there once.
func TestAPipeIsLoadedAsItComes(t *testing.T) {
	t.Setenv("ASOF_DATA", t.TempDir())
	lines := func(from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, `{"stream":"s%d","type":"t%d","n":%d}`+"\n", i%3, i%2, i)
		}
		return b.String()
	}
	in, out := io.Pipe()
	go func() { _, _ = io.WriteString(out, lines(0, 40)) }()
	a := newApp(in, io.Discard, io.Discard)
	a.budget = 64 << 20
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	src, err := a.open(ctx, []string{"-"})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	ended := make(chan error, 1)
	go func() {
		_, err := a.loader(src)(ctx, func(p tui.Progress) { said = append(said, p.Stage) })
		ended <- err
	}()
	await := func(want int) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); int(src.log.Head()) != want; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d events are there, want %d", src.log.Head(), want)
			}
		}
	}
	await(40)
	if _, err := io.WriteString(out, lines(40, 50)); err != nil {
		t.Fatal(err)
	}
	await(50)
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // to do something wrong in
	cancel()
	if err := errors.Join(<-ended, src.log.Close()); err != nil {
		t.Error(err)
	}
	if head := src.log.Head(); head != 50 {
		t.Errorf("%d events of 50 lines", head)
	}
	if len(said) == 0 || !strings.Contains(said[0], "40 events loaded") {
		t.Errorf("it says %q", said)
	}
}
