package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
)

// readCosts folds the shown projection once more, aside, and tells what the events of each type, and of the dearest keys, cost.
func (m *Model) readCosts() tea.Cmd {
	name := m.projectionName()
	return m.askSearch("measuring the fold of "+present.Clip(name, 40), func(ctx context.Context, report func(debug.Progress)) result {
		list, err := m.session.Projections(ctx)
		if err != nil {
			return failure{"profile", err}
		}
		ref, by := name, ""
		for _, p := range list {
			if p.Name == name {
				ref, by = p.Ref, p.By
			}
		}
		f, err := m.session.Profile(ctx, ref, by, func(p timeline.Projection) {
			report(debug.Progress{At: p.Position, Done: uint64(p.Position), Of: uint64(p.Head)})
		})
		if err != nil {
			return failure{"profile", err}
		}
		right := present.Counted(f.Events, "event") + " in " + present.Duration(f.Total)
		return toRead{"Cost of folding " + present.Clip(f.Name, 40), right, costText(f)}
	})
}

// dearest is how many keys are told.
const dearest = 20

func costText(f timeline.FoldProfile) string {
	var b strings.Builder
	if f.External {
		b.WriteString("A round trip to the program is in each time.\n\n")
	}
	costRows(&b, "type", f.Types)
	b.WriteByte('\n')
	costRows(&b, "key", f.Keys[:min(dearest, len(f.Keys))])
	return b.String()
}

func costRows(b *strings.Builder, what present.Safe, list []timeline.Cost) {
	row := func(name, folds, total, share, mean, slowest, at present.Safe) {
		fmt.Fprintf(b, "%s %s %s %s %s %s  %s\n", present.Fit(name, 28), present.PadLeft(folds, 10), present.PadLeft(total, 10),
			present.PadLeft(share, 8), present.PadLeft(mean, 10), present.PadLeft(slowest, 10), at)
	}
	row(what, "folds", "time", "share", "mean", "slowest", "at")
	for _, c := range list {
		if c.Events == 0 { // it was read, but no key's
			row(present.Text(c.Name), "0", present.Fine(c.Total()), present.Safe(fmt.Sprintf("%.1f %%", c.Share*100)), "", "", "")
			continue
		}
		mean := c.Fold / time.Duration(c.Events)
		row(present.Text(c.Name), present.Count(c.Events), present.Fine(c.Total()), present.Safe(fmt.Sprintf("%.1f %%", c.Share*100)), present.Fine(mean),
			present.Fine(c.Slowest), present.Position(c.Position))
	}
}
