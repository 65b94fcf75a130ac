package present

import (
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline/strip"
)

// course is a value that goes up by one at every position, over as many slots.
func course(t *testing.T, texts ...string) *strip.Course {
	t.Helper()
	n := event.Position(len(texts))
	p := strip.NewPlotter(0, n, strip.Edges(0, n, len(texts)), strip.Sample{})
	for i, text := range texts {
		if text == "" {
			p.Add(strip.Sample{At: event.Position(i + 1)})
			continue
		}
		v, err := value.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		p.Add(strip.Sample{At: event.Position(i + 1), Value: v})
	}
	c := p.Course(n)
	return &c
}

func TestPlot(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		rows  int
		ascii bool
		want  string
	}{
		{"steps", []string{"0", "0", "7", "7", "0", "0"}, 2, false, "⠀⡏⡇\n⣀⡇⣇"},
		{"steps in ASCII", []string{"0", "0", "2", "2", "0", "0"}, 3, true, " ||\n ||\n-||"},
		{"a constant", []string{"5", "5"}, 3, true, " \n-\n "},
		{"nothing at first", []string{"", "", "1", "1", `"x"`, `"x"`}, 1, false, " ⠤⠄"},
		{"huge", []string{"-1e308", "-1e308", "1e308", "1e308"}, 2, true, " |\n-|"},
		{"no rows", []string{"1", "2"}, 0, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var lines []string
			for _, line := range Plot(course(t, c.texts...), c.rows, c.ascii) {
				lines = append(lines, string(line))
			}
			if got := strings.ReplaceAll(strings.Join(lines, "\n"), " ", "⠀"); got != strings.ReplaceAll(c.want, " ", "⠀") {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
