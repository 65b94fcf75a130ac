package cli

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline"
	"asof/ui/present"
)

const plotRows, plotColumns = 10, 72

// plot draws a numeric field over the positions of the log. A column shows the last value that the field had in it; the
// drawing is in float64, the figures beside it are the field's own.
func (a *app) plot(ctx context.Context, s *timeline.Session, q timeline.HistoryQuery) error {
	var points []plotPoint
	q.Reverse = false
	for row, err := range s.History(ctx, q) {
		if err != nil {
			return err
		}
		if row.New.Kind() != value.Number {
			points = append(points, plotPoint{row.Position, math.NaN(), ""})
			continue
		}
		f, _ := strconv.ParseFloat(row.New.Text(), 64)
		points = append(points, plotPoint{row.Position, f, row.New.Text()})
	}
	chart := newChart(points, s.Head())
	if chart == nil {
		return &finding{fmt.Sprintf("key %q has no numbers at %q to plot", q.Key, q.Path)}
	}
	for _, line := range chart.lines(a.ascii) {
		if _, err := a.out.WriteString(string(line) + "\n"); err != nil {
			return err
		}
	}
	return nil
}

type plotPoint struct {
	at    event.Position
	value float64
	text  string
}

type chart struct {
	columns   []float64 // NaN = nothing there
	low, high plotPoint
	head      event.Position
}

func newChart(points []plotPoint, head event.Position) *chart {
	c := &chart{columns: make([]float64, plotColumns), head: head}
	found := false
	next, current := 0, math.NaN()
	for i := range c.columns {
		end := event.Position(uint64(head) * uint64(i+1) / plotColumns)
		for ; next < len(points) && points[next].at <= end; next++ {
			p := points[next]
			current = p.value
			if math.IsNaN(p.value) || math.IsInf(p.value, 0) {
				continue
			}
			if !found || p.value < c.low.value {
				c.low = p
			}
			if !found || p.value > c.high.value {
				c.high = p
			}
			found = true
		}
		c.columns[i] = current
	}
	if !found {
		return nil
	}
	return c
}

// lines draws bars from the bottom in eighths of a row.
func (c *chart) lines(ascii bool) []present.Safe {
	blocks := []rune(" ▁▂▃▄▅▆▇█")
	if ascii {
		blocks = []rune("    ####") // a half row or more counts as a row
		blocks = append(blocks, '#')
	}
	span := c.high.value - c.low.value
	var out []present.Safe
	for row := plotRows - 1; row >= 0; row-- {
		var line strings.Builder
		for _, v := range c.columns {
			eighths := 0.0
			if !math.IsNaN(v) {
				eighths = 1
				if span > 0 {
					eighths = 1 + (v-c.low.value)/span*(plotRows*8-1)
				}
			}
			line.WriteRune(blocks[int(max(0, min(8, eighths-float64(row*8))))])
		}
		label := ""
		switch row {
		case plotRows - 1:
			label = c.high.text
		case 0:
			label = c.low.text
		}
		out = append(out, present.Safe(line.String())+"  "+present.Text(label))
	}
	foot := fmt.Sprintf("%-*s%s", plotColumns-len(count(c.head)), "1", count(c.head))
	return append(out, present.Text(foot))
}
