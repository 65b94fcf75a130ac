package tui_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"asof/ui/tui"
)

// runner gives messages to a screen one at a time, so that a test sees what stands between two of them.
type runner struct {
	m        *tui.Model
	messages chan tea.Msg
}

func (r *runner) start(cmd tea.Cmd) {
	if cmd != nil {
		go func() { r.messages <- cmd() }()
	}
}

func (r *runner) send(msg tea.Msg) {
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, cmd := range batch {
			r.start(cmd)
		}
		return
	}
	_, cmd := r.m.Update(msg)
	r.start(cmd)
}

// receive gives the next message that comes by itself.
func (r *runner) receive(t *testing.T) {
	t.Helper()
	select {
	case msg := <-r.messages:
		r.send(msg)
	case <-time.After(20 * time.Second):
		t.Fatal("nothing comes any more")
	}
}

func (r *runner) until(t *testing.T, text string) {
	t.Helper()
	for !contains(r.m.View().Content, text) {
		r.receive(t)
	}
}

func contains(content, text string) bool { return strings.Contains(ansi.Strip(content), text) }

// keys is a terminal on which keys are pressed when the screen is ready for them.
type keys struct{ io.Reader }

func typed(text string) (io.Reader, func()) {
	r, w := io.Pipe()
	go func() { _, _ = io.WriteString(w, text) }()
	return keys{r}, func() { _ = w.Close() }
}

func TestRun(t *testing.T) {
	s := openSession(t, openLog(t, shop()))
	for name, c := range map[string]struct {
		keys string
		want error
	}{"q quits": {"q", nil}, "ctrl+c interrupts": {"\x03", tui.ErrInterrupted}} {
		t.Run(name, func(t *testing.T) {
			in, done := typed(c.keys)
			defer done()
			var out bytes.Buffer
			var begun, ended atomic.Bool
			err := tui.Run(t.Context(), tui.Options{
				Session: s, In: in, Out: &out, Theme: "dark", Environ: []string{"TERM=xterm-256color"},
				Load: func(ctx context.Context, _ func(tui.Progress)) (string, error) {
					begun.Store(true)
					<-ctx.Done()
					ended.Store(true)
					return "", ctx.Err()
				},
			})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if begun.Load() && !ended.Load() {
				t.Error("Run did not wait for what it had started")
			}
		})
	}
	if err := tui.Run(t.Context(), tui.Options{Session: s, Keys: map[string]string{"no-such": "x"}}); err == nil || !strings.Contains(err.Error(), "no-such") {
		t.Errorf("an unknown command in the keys: %v", err)
	}
}
