package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestFloodsAreMerged(t *testing.T) {
	now := time.Unix(0, 0)
	f := &flood{now: func() time.Time { return now }}
	down, turns, passed := tea.MouseWheelMsg{Button: tea.MouseWheelDown}, 0, 0
	for range 1000 {
		if w, ok := f.filter(nil, down).(wheel); ok {
			turns += w.turns
			passed++
		}
		now = now.Add(time.Millisecond)
	}
	if passed > 1000/12+1 || turns < 1000-12 {
		t.Errorf("%d messages with %d turns came of 1000", passed, turns)
	}
	if msg := f.filter(nil, tea.KeyPressMsg{Code: 'x'}); msg == nil {
		t.Error("a key was lost")
	}
}
