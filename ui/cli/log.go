package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/timeline"
	"asof/ui/present"
)

func (a *app) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify LOG",
		Short: "Prove that the log is unaltered and that the indexes equal the folds",
		Long: "Recomputes the hash chain over every event, compares the sources with what was imported, and folds each projection\n" +
			"again: with the work cut otherwise, and a program of --exec in processes of its own. Exits with 1 if anything is amiss, and names\n" +
			"the first bad position; where two folds part, also the key and the path, with both values.",
		Example: "asof verify shop.jsonl\nasof verify shop.jsonl -p orders_v1.star --json | jq .root\nasof verify shop.jsonl --exec 'node orders.js'",
		Args:    between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withSession(cmd.Context(), args, true, func(s *timeline.Session) error { return a.verify(cmd.Context(), s) })
		},
	}
}

func (a *app) verify(ctx context.Context, s *timeline.Session) error {
	if err := a.await(ctx, s, "", 0); err != nil {
		return err
	}
	bar := a.bar()
	v, err := s.Verify(ctx, func(p timeline.VerifyProgress) { bar.verify(p) })
	bar.close()
	if err != nil {
		return err
	}
	if a.json {
		var checks []*present.Line
		for _, c := range v.Checks {
			o := new(present.Line).Str("name", c.Name).Bool("ok", c.OK)
			if c.Position > 0 {
				o.Position("position", c.Position)
			}
			if p := c.Parted; p != nil {
				o.Str("type", p.Type).Str("key", p.Key).Str("path", string(p.Path))
				o.Raw("left", jsonOf(p.Left)).Raw("right", jsonOf(p.Right)).Bool("deterministic", !p.Unsteady)
			}
			checks = append(checks, o.Some("detail", c.Detail))
		}
		err = a.object(new(present.Line).Bool("ok", v.OK).Str("root", hex.EncodeToString(v.Root[:])).Position("position", v.Position).Objects("checks", checks))
	} else {
		err = a.printVerified(v)
	}
	if err == nil && !v.OK {
		return &finding{}
	}
	return err
}

func (a *app) printVerified(v timeline.Verification) error {
	table := a.table("", "check", "found")
	for _, c := range v.Checks {
		sign := "ok"
		if !c.OK {
			sign = "BAD"
		}
		if err := table.row(sign, c.Name, c.Detail); err != nil {
			return err
		}
	}
	if err := table.row("", "root", hex.EncodeToString(v.Root[:])); err != nil {
		return err
	}
	return table.close()
}

func (a *app) appendCommand() *cobra.Command {
	var q timeline.AppendQuery
	var one struct{ kind, id, data, metadata, when, correlation, causation string }
	cmd := &cobra.Command{
		Use:     "append STORE",
		Short:   "Append an event under optimistic concurrency",
		Long:    "Appends one event to a stream. --expect is the stream's last version, none (the stream must be new) or any.\nA refused append exits with 1, names both versions, and has written nothing. STORE is made if it does not exist.",
		Example: `asof append test.asof --stream order-1 --type OrderPlaced --data '{"total":12.50}' --expect none`,
		Args:    between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			e := timeline.NewEvent{Type: one.kind, ID: one.id, Data: []byte(one.data), Correlation: one.correlation, Causation: one.causation}
			if one.metadata != "" {
				e.Metadata = []byte(one.metadata)
			}
			if one.when != "" {
				t, err := event.ParseTime(one.when, a.zone)
				if err != nil {
					return fmt.Errorf("--time: %w; write it like 2026-01-15T10:00:00Z", err)
				}
				e.Time = t
			}
			q.Events = []timeline.NewEvent{e}
			return a.append(cmd.Context(), args[0], q)
		},
	}
	set := cmd.Flags()
	set.StringVarP(&q.Stream, "stream", "s", "", "stream to append to")
	set.StringVarP(&one.kind, "type", "t", "", "the event's type")
	set.StringVarP(&one.data, "data", "d", "", "the event's data, one JSON value")
	set.StringVar(&q.Expect, "expect", "any", "the stream's last version, none, or any")
	set.StringVar(&one.metadata, "metadata", "", "the event's metadata, one JSON value")
	set.StringVar(&one.id, "id", "", "the event's id (default: made)")
	set.StringVar(&one.when, "time", "", "when it happened (default: now)")
	set.StringVar(&one.correlation, "correlation", "", "correlation id")
	set.StringVar(&one.causation, "causation", "", "causation id")
	for _, name := range []string{"stream", "type", "data"} {
		_ = cmd.MarkFlagRequired(name)
	}
	return cmd
}

func (a *app) append(ctx context.Context, dir string, q timeline.AppendQuery) error {
	if err := createStore(ctx, dir); err != nil {
		return err
	}
	s, err := timeline.Open(ctx, timeline.Options{Dir: dir, NoIndex: true, Zone: a.zone})
	if err != nil {
		return err
	}
	done, err := s.Append(ctx, q)
	if closed := s.Close(); err == nil { // a writer that failed says so again
		err = closed
	}
	var conflict *eventlog.VersionConflict
	if errors.As(err, &conflict) {
		return &finding{conflict.Error()}
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.object(new(present.Line).Position("position", done.Position).Int("version", int64(done.Version)))
	}
	return a.println(fmt.Sprintf("position %d, version %d", done.Position, done.Version))
}

func (a *app) exportCommand() *cobra.Command {
	var q timeline.ExportQuery
	var from, to string
	cmd := &cobra.Command{
		Use:     "export LOG",
		Short:   "Write the log, or a cut of it, to standard output",
		Long:    "Formats: jsonl (our envelope), cloudevents, csv, and raw (the records' original bytes).\ncsv and raw are not for a terminal: they hold the log's text as it is.",
		Example: "asof export shop.jsonl --stream order-481 --format cloudevents > order-481.jsonl\nasof export shop.jsonl --from 2026-01-15 --format raw > cut.jsonl",
		Args:    between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			plain := q.Format == "raw" || q.Format == "csv"
			if plain && terminal(a.stdout) {
				return fmt.Errorf("--format %s writes what the log holds, unescaped: send it to a file or a pipe, not to a terminal", q.Format)
			}
			out := io.Writer(a.out)
			if !plain {
				out = &harmless{out: a.out}
			}
			return a.withSession(cmd.Context(), args, false, func(s *timeline.Session) error {
				var err error
				if q.Filter.From, q.Filter.To, err = a.span(cmd.Context(), s, from, to); err != nil {
					return err
				}
				n, err := s.Export(cmd.Context(), out, q)
				if err == nil {
					a.note("%s", counted(n, "event"))
				}
				return err
			})
		},
	}
	filterFlags(cmd, &q.Filter)
	spanFlags(cmd, &from, &to)
	// In place of the global flag of that name, which says what is read.
	cmd.Flags().StringVar(&q.Format, "format", "jsonl", "format to write: "+strings.Join(timeline.ExportFormats(), ", "))
	return cmd
}
