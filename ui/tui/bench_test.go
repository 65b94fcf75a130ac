package tui_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"asof/ui/tui/tuitest"
)

// BenchmarkFrame is a step on a screen of 200 by 50: the key, the answer taken in, and both frames drawn.
func BenchmarkFrame(b *testing.B) {
	facts := months(5000)
	for i := range facts {
		var fields []string
		for k := range 40 {
			fields = append(fields, fmt.Sprintf(`"field_%d":%d`, k, i*k%97))
		}
		facts[i].data = "{" + strings.Join(fields, ",") + "}"
	}
	d := open(b, facts, 200, 50)
	key, drawn := tuitest.Key("]"), 0
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%4000 == 3999 {
			d.Press("g")
		}
		d.Send(key)
		drawn += len(d.Content())
	}
	if drawn == 0 {
		b.Fatal("nothing drawn")
	}
}

// BenchmarkView draws the same screen, without asking.
func BenchmarkView(b *testing.B) {
	d := open(b, months(5000), 200, 50)
	b.ReportAllocs()
	for b.Loop() {
		d.Send(tea.FocusMsg{})
		if d.Content() == "" {
			b.Fatal("nothing drawn")
		}
	}
}
