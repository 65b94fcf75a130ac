package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
)

func (a *app) eventsCommand() *cobra.Command {
	var (
		f            timeline.Filter
		from, to     string
		limit        int
		reverse, raw bool
	)
	cmd := &cobra.Command{
		Use:     "events LOG",
		Short:   "The events, or those of a stream, type or time",
		Example: "asof events shop.jsonl --type PaymentRefunded\nasof events shop.jsonl --stream order-481 --json\nasof events shop.jsonl --from 2026-01-15 --limit 20\nasof events shop.jsonl --where 'event.data.amount > 100'",
		Args:    between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			index, err := f.Where != "", error(nil)
			if index {
				if kind, _ := debug.SplitWhat(f.Where); kind != debug.ByCondition {
					return fmt.Errorf("--where %q: a condition is asked for here; asof find LOG %s looks for text", f.Where, f.Where)
				}
				if index, err = needsState(f.Where); err != nil {
					return err
				}
			}
			return a.withSession(cmd.Context(), args, index, func(s *timeline.Session) error {
				if f.From, f.To, err = a.span(cmd.Context(), s, from, to); err != nil {
					return err
				}
				if index {
					if err := a.await(cmd.Context(), s, "", f.To); err != nil {
						return err
					}
				}
				return a.events(cmd.Context(), s, f, limit, reverse, raw)
			})
		},
	}
	filterFlags(cmd, &f)
	spanFlags(cmd, &from, &to)
	cmd.Flags().StringVar(&f.Where, "where", "", "for which this condition holds, such as 'event.data.amount > 100'")
	cmd.Flags().IntVarP(&limit, "limit", "n", 0, "at most so many (default all)")
	cmd.Flags().BoolVarP(&reverse, "reverse", "r", false, "latest first")
	cmd.Flags().BoolVar(&raw, "raw", false, "the original bytes of each record, and nothing else (not to a terminal)")
	return cmd
}

func filterFlags(cmd *cobra.Command, f *timeline.Filter) {
	cmd.Flags().StringVarP(&f.Stream, "stream", "s", "", "of this stream")
	cmd.Flags().StringVarP(&f.Type, "type", "t", "", "of this type")
	cmd.Flags().StringVar(&f.Category, "category", "", "of this category: a stream's name before its first -")
	cmd.Flags().StringVar(&f.Correlation, "correlation", "", "of this correlation id")
	cmd.Flags().StringVar(&f.ID, "id", "", "with this id")
}

func spanFlags(cmd *cobra.Command, from, to *string) {
	cmd.Flags().StringVar(from, "from", "", "from this position on, as a where")
	cmd.Flags().StringVar(to, "to", "", "up to this position, as a where")
}

func (a *app) events(ctx context.Context, s *timeline.Session, f timeline.Filter, limit int, reverse, raw bool) error {
	if limit < 0 {
		return fmt.Errorf("--limit %d: give a number above zero, or none for all", limit)
	}
	if raw && terminal(a.stdout) {
		return fmt.Errorf("--raw writes what the log holds, unescaped: send it to a file or a pipe, not to a terminal")
	}
	table := (*table)(nil)
	if !raw && !a.json {
		table = a.table(">position", "time", "stream", ">version", "type", "data")
	}
	n := 0
	for e, err := range s.Scan(ctx, f, reverse) {
		if err != nil {
			return err
		}
		if n++; limit > 0 && n > limit {
			break
		}
		switch {
		case raw:
			_, err = a.out.Write(append(e.Raw[:len(e.Raw):len(e.Raw)], '\n'))
		case a.json:
			err = a.object(a.eventObject(e))
		default:
			err = table.row(position(e.Position), a.when(e.Time), string(e.Stream), versionText(e.Event), e.Type, string(present.Clip(present.Readable(string(e.Data())), 100)))
		}
		if err != nil {
			return err
		}
	}
	if n == 0 {
		a.note("no event is like that")
	}
	if table == nil {
		return nil
	}
	return table.close()
}

func versionText(e *event.Event) string {
	if e.Numbering == event.Unnumbered {
		return ""
	}
	return fmt.Sprint(int64(e.Version))
}

func (a *app) eventObject(e timeline.Event) *present.Line {
	o := new(present.Line).Position("position", e.Position).Str("id", e.ID).Str("stream", string(e.Stream))
	var streams []string
	for _, s := range e.Streams() {
		streams = append(streams, string(s))
	}
	o.Strs("streams", streams)
	if e.Numbering != event.Unnumbered {
		o.Int("version", int64(e.Version))
	}
	o.Str("type", e.Type).Time("time", a.seen(e.Time))
	if !e.Recorded.IsZero() {
		o.Time("recorded_time", a.seen(e.Recorded))
	}
	o.Some("correlation_id", e.Correlation).Some("causation_id", e.Causation)
	o.Raw("data", e.Data()).Raw("metadata", e.Metadata())
	if marks := markNames(e.Marks); len(marks) > 0 {
		o.Strs("marks", marks)
	}
	if e.Numbering == event.ByAsof {
		o.Str("version_by", "asof")
	}
	source := new(present.Line).Str("file", e.Source)
	if e.Place.Line > 0 {
		source.Int("line", int64(e.Place.Line))
	}
	return o.Object("source", source.Int("offset", int64(e.Place.Offset)))
}
