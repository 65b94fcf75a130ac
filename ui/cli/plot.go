package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"asof/timeline"
	"asof/timeline/strip"
	"asof/ui/present"
)

const plotRows, plotColumns = 10, 72

// plot draws a numeric field, or an expression if there is one, over the log, in the columns that the timeline of the screen would have. The drawing is in float64,
// the figures beside it are the field's own.
func (a *app) plot(ctx context.Context, s *timeline.Session, q timeline.HistoryQuery, expression string) error {
	over := timeline.StripQuery{Columns: plotColumns, From: q.From - min(q.From, 1), To: q.To, Zone: a.zone, Projection: q.Projection}
	course, err := s.Plot(ctx, timeline.PlotQuery{StripQuery: over, Key: q.Key, Path: q.Path, Expr: expression})
	if err != nil {
		return err
	}
	if !course.Numeric() {
		return &finding{fmt.Sprintf("key %q has no numbers at %q to plot", q.Key, cmp.Or(expression, string(q.Path)))}
	}
	columns, err := s.Strip(ctx, over)
	if err != nil {
		return err
	}
	lines := present.Plot(&course, plotRows, a.ascii)
	lines[0] += "  " + plotLabel(course.High)
	lines[plotRows-1] += "  " + plotLabel(course.Low)
	rule := "─"
	if a.ascii {
		rule = "-"
	}
	lines = append(lines, present.Safe(strings.Repeat(rule, plotColumns)), plotTicks(columns.Ticks),
		present.Text(columns.Unit)+", "+present.Counted(course.Changes, "change"))
	for _, line := range lines {
		if _, err := a.out.WriteString(strings.TrimRight(string(line), " ") + "\n"); err != nil {
			return err
		}
	}
	return nil
}

// plotLabel is a number with its own digits, and where it was first so.
func plotLabel(s strip.Sample) present.Safe {
	return present.Clip(s.Value.Text(), 40) + " @ " + present.Position(max(s.At, 1))
}

// plotTicks is the axis: each label begins where its instant lies, unless it would run into the one before it.
func plotTicks(ticks []strip.Tick) present.Safe {
	var line present.Safe
	for _, t := range ticks {
		if free := t.Column - present.Width(line); free >= 0 {
			line = present.PadRight(line, t.Column) + present.Text(t.Text) + " "
		}
	}
	return line
}
