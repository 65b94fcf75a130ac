package cli

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"asof/timeline"
	"asof/ui/present"
)

func (a *app) infoCommand() *cobra.Command {
	var rejected, failed bool
	cmd := &cobra.Command{
		Use:     "info LOG",
		Short:   "What is in a log: events, streams, types, times, order, sources",
		Example: "asof info shop.jsonl\nasof info shop.jsonl --rejected\nasof info shop.jsonl --errors -p orders.star",
		Args:    between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withSession(cmd.Context(), args, failed, func(s *timeline.Session) error {
				switch {
				case rejected:
					return a.rejected(cmd.Context(), s)
				case failed:
					return a.foldErrors(cmd.Context(), s)
				}
				return a.info(cmd.Context(), s)
			})
		},
	}
	cmd.Flags().BoolVar(&rejected, "rejected", false, "list the rejected records: file, line, offset, reason")
	cmd.Flags().BoolVar(&failed, "errors", false, "list the events at which the projection's fold failed")
	return cmd
}

func (a *app) info(ctx context.Context, s *timeline.Session) error {
	i, err := s.Info(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.object(a.infoObject(i))
	}
	rows := [][2]string{
		{"events", fmt.Sprintf("%s in %s streams", count(i.Events), count(i.Streams))},
		{"time", a.when(i.FirstTime) + " … " + a.when(i.LastTime)},
		{"order", i.Order},
		{"format", i.Format},
		{"inversions", nonzero(i.Inversions, "events are earlier than one before them")},
		{"outliers", nonzero(i.Outliers, "times far ahead of their neighbours do not move the clock")},
		{"rejected", nonzero(i.Rejected, fmt.Sprintf("of %s records; --rejected lists them", count(i.Records)))},
		{"root", hex.EncodeToString(i.Root[:])},
		{"store", i.Dir},
	}
	if err := a.pairs(rows); err != nil {
		return err
	}
	if err := a.infoSources(i); err != nil {
		return err
	}
	if err := a.gap(); err != nil {
		return err
	}
	types := a.table("type", ">events", ">first")
	for _, t := range i.Types {
		if err := types.row(t.Name, count(t.Count), count(t.First)); err != nil {
			return err
		}
	}
	return types.close()
}

func nonzero(n int, what string) string {
	if n == 0 {
		return ""
	}
	return count(n) + " " + what
}

// gap is an empty line between two listings.
func (a *app) gap() error {
	_, err := a.out.WriteString("\n")
	return err
}

func (a *app) infoSources(i timeline.Info) error {
	for _, src := range i.Sources {
		if err := a.gap(); err != nil {
			return err
		}
		err := a.pairs([][2]string{
			{"source", src.Name + "  " + humanize.IBytes(uint64(src.Bytes)) + "  " + count(src.Records) + " records"},
			{"read as", src.Format + ": " + src.Reason},
			{"in order of", src.Order + ": " + src.OrderWhy},
		})
		if err != nil {
			return err
		}
		fields := a.table("  ", "field", "path", "", "why")
		for _, f := range src.Fields {
			guess := ""
			if f.Guess {
				guess = "guess"
			}
			if err := fields.row("", f.Name, f.Path, guess, f.Why); err != nil {
				return err
			}
		}
		if err := fields.close(); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) infoObject(i timeline.Info) *object {
	types := new(object)
	for _, t := range i.Types {
		types.int(t.Name, int64(t.Count))
	}
	o := new(object).position("events", i.Events).int("streams", int64(i.Streams)).object("types", types)
	o.time("first_time", i.FirstTime, a).time("last_time", i.LastTime, a)
	o.int("time_inversions", int64(i.Inversions)).int("outliers", int64(i.Outliers)).int("rejected", int64(i.Rejected)).int("records", int64(i.Records))
	o.text("format", i.Format).text("order", i.Order).hash("root", i.Root[:])
	var projections, sources []*object
	for _, p := range i.Projections {
		projections = append(projections, projectionObject(p))
	}
	for _, src := range i.Sources {
		var fields []*object
		for _, f := range src.Fields {
			fields = append(fields, new(object).text("field", f.Name).text("path", f.Path).bool("guess", f.Guess).some("why", f.Why))
		}
		sources = append(sources, new(object).text("file", src.Path).text("format", src.Format).text("reason", src.Reason).
			text("order", src.Order).text("order_reason", src.OrderWhy).some("zone", src.Zone).int("records", int64(src.Records)).
			int("rejected", int64(src.Rejected)).int("bytes", src.Bytes).some("sha256", src.SHA256).objects("fields", fields))
	}
	return o.objects("projections", projections).objects("sources", sources).text("store", i.Dir)
}

func (a *app) rejected(ctx context.Context, s *timeline.Session) error {
	table := a.table("file", ">line", ">offset", "reason", "record")
	for r, err := range s.Rejected(ctx) {
		if err != nil {
			return err
		}
		if a.json {
			o := new(object).text("file", r.Source)
			if r.Line > 0 {
				o.int("line", int64(r.Line))
			}
			err = a.object(o.int("offset", int64(r.Offset)).text("reason", r.Reason).text("bytes", string(r.Bytes)))
		} else {
			err = table.row(r.Source, fmt.Sprint(r.Line), fmt.Sprint(r.Offset), r.Reason, string(present.Clip(string(r.Bytes), 60)))
		}
		if err != nil {
			return err
		}
	}
	return table.close()
}

func (a *app) foldErrors(ctx context.Context, s *timeline.Session) error {
	if err := a.await(ctx, s, "", 0); err != nil {
		return err
	}
	table := a.table(">position", "key", "script", "error")
	for e, err := range s.FoldErrors(ctx, "", 1, 0) {
		if err != nil {
			return err
		}
		if a.json {
			o := new(object).position("position", e.Position).text("key", e.Key).some("file", e.File)
			err = a.object(o.int("line", int64(e.Line)).int("column", int64(e.Col)).text("reason", e.Message))
		} else {
			err = table.row(position(e.Position), e.Key, fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Col), e.Message)
		}
		if err != nil {
			return err
		}
	}
	return table.close()
}
