package cli

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"

	"github.com/spf13/cobra"

	"asof/timeline"
	"asof/ui/present"
)

func (a *app) infoCommand() *cobra.Command {
	var rejected, failed bool
	var profile string
	var keys int
	cmd := &cobra.Command{
		Use:     "info LOG",
		Short:   "What is in a log: events, streams, types, times, order, sources",
		Example: "asof info shop.jsonl\nasof info shop.jsonl --rejected\nasof info shop.jsonl --errors -p orders_v1.star\nasof info shop.jsonl --profile orders_v1.star",
		Args:    between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withSession(cmd.Context(), args, failed, func(s *timeline.Session) error {
				switch {
				case rejected:
					return a.rejected(cmd.Context(), s)
				case profile != "":
					return a.foldProfile(cmd.Context(), s, profile, keys)
				case failed:
					return a.foldErrors(cmd.Context(), s)
				}
				return a.info(cmd.Context(), s)
			})
		},
	}
	cmd.Flags().BoolVar(&rejected, "rejected", false, "list the rejected records: file, line, offset, reason")
	cmd.Flags().BoolVar(&failed, "errors", false, "list the events at which the projection's fold failed")
	cmd.Flags().StringVar(&profile, "profile", "", "fold this projection once more and tell the time by event type and by key; a program of --exec goes by its file's name")
	cmd.Flags().IntVar(&keys, "keys", 20, "with --profile: so many of the dearest keys")
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
		{"events", count(i.Events) + " in " + counted(i.Streams, "stream")},
		{"time", a.stretch(i)},
		{"order", i.Order},
		{"format", i.Format},
		{"inversions", nonzero(i.Inversions, "event", "earlier than one before")},
		{"outliers", nonzero(i.Outliers, "time", "so far ahead of all neighbours that the clock does not follow")},
		{"rejected", nonzero(i.Rejected, "record", "of "+count(i.Records)+"; --rejected lists them")},
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
		if err := types.row(cmp.Or(t.Name, "(none)"), count(t.Count), count(t.First)); err != nil {
			return err
		}
	}
	return types.close()
}

// nonzero is a count with its noun and what is said of it; "" for none.
func nonzero(n int, noun present.Safe, what string) string {
	if n == 0 {
		return ""
	}
	return counted(n, noun) + " " + what
}

// stretch is from when to when; "" for a log without events.
func (a *app) stretch(i timeline.Info) string {
	switch {
	case i.Events == 0:
		return ""
	case i.FirstTime.IsZero() && i.LastTime.IsZero():
		return "no event has one"
	}
	return a.when(i.FirstTime) + " … " + a.when(i.LastTime)
}

// gap is an empty line between two listings.
func (a *app) gap() error {
	_, err := a.out.WriteString("\n")
	return err
}

// because is a verdict with its reason; "" if there is none, as for an empty file.
func because(verdict, reason string) string {
	if verdict == "" {
		return ""
	}
	return verdict + ": " + reason
}

func (a *app) infoSources(i timeline.Info) error {
	for _, src := range i.Sources {
		if err := a.gap(); err != nil {
			return err
		}
		err := a.pairs([][2]string{
			{"source", src.Name + "  " + string(present.Bytes(uint64(src.Bytes))) + "  " + counted(src.Records, "record")},
			{"read as", because(src.Format, src.Reason)},
			{"in order of", because(src.Order, src.OrderWhy)},
			{"slice", sliced(src)},
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

// sliced says which part of a source was loaded; "" if all of it was.
func sliced(src timeline.Source) string {
	if src.Slice == "" {
		return ""
	}
	return src.Slice + ": " + counted(src.LeftOut, "event") + " left out"
}

func (a *app) infoObject(i timeline.Info) *present.Line {
	types := new(present.Line)
	for _, t := range i.Types {
		types.Int(t.Name, int64(t.Count))
	}
	o := new(present.Line).Position("events", i.Events).Int("streams", int64(i.Streams)).Object("types", types)
	o.Time("first_time", a.seen(i.FirstTime)).Time("last_time", a.seen(i.LastTime))
	o.Int("time_inversions", int64(i.Inversions)).Int("outliers", int64(i.Outliers)).Int("rejected", int64(i.Rejected)).Int("records", int64(i.Records))
	o.Str("format", i.Format).Str("order", i.Order).Str("root", hex.EncodeToString(i.Root[:]))
	var projections, sources []*present.Line
	for _, p := range i.Projections {
		projections = append(projections, projectionObject(p))
	}
	for _, src := range i.Sources {
		var fields []*present.Line
		for _, f := range src.Fields {
			fields = append(fields, new(present.Line).Str("field", f.Name).Str("path", f.Path).Bool("guess", f.Guess).Some("why", f.Why))
		}
		sources = append(sources, new(present.Line).Str("file", src.Path).Str("format", src.Format).Str("reason", src.Reason).
			Str("order", src.Order).Str("order_reason", src.OrderWhy).Some("zone", src.Zone).Int("records", int64(src.Records)).
			Int("rejected", int64(src.Rejected)).Some("slice", src.Slice).Int("left_out", int64(src.LeftOut)).Int("bytes", src.Bytes).Some("sha256", src.SHA256).Objects("fields", fields))
	}
	return o.Objects("projections", projections).Objects("sources", sources).Str("store", i.Dir)
}

func (a *app) rejected(ctx context.Context, s *timeline.Session) error {
	table := a.table("file", ">line", ">offset", "reason", "record")
	for r, err := range s.Rejected(ctx) {
		if err != nil {
			return err
		}
		if a.json {
			o := new(present.Line).Str("file", r.Source)
			if r.Line > 0 {
				o.Int("line", int64(r.Line))
			}
			err = a.object(o.Int("offset", int64(r.Offset)).Str("reason", r.Reason).Str("bytes", string(r.Bytes)))
		} else {
			err = table.row(r.Source, fmt.Sprint(r.Line), fmt.Sprint(r.Offset), r.Reason, string(present.Clip(string(r.Bytes), 60)))
		}
		if err != nil {
			return err
		}
	}
	return table.close()
}

// scriptPlace is where an error stands in a script; "" if it is not a script's.
func scriptPlace(e timeline.FoldError) string {
	if e.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Col)
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
			o := new(present.Line).Position("position", e.Position).Str("key", e.Key).Some("file", e.File)
			err = a.object(o.Int("line", int64(e.Line)).Int("column", int64(e.Col)).Str("reason", e.Message))
		} else {
			err = table.row(position(e.Position), e.Key, scriptPlace(e), e.Message)
		}
		if err != nil {
			return err
		}
	}
	return table.close()
}
