package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"asof/engine/value"
	"asof/timeline"
	"asof/ui/present"
)

func (a *app) historyCommand() *cobra.Command {
	var (
		from, to              string
		writes, plot, reverse bool
	)
	cmd := &cobra.Command{
		Use:   "history LOG KEY PATH",
		Short: "Every value that a field ever had",
		Long:  "Every value that a field ever had, and which event gave it. With --plot, PATH may also be = and an expression over the document.",
		Example: "asof history bank.jsonl acct-1001 /balance -p balances.star\nasof history bank.jsonl acct-1001 /balance -p balances.star --plot\n" +
			"asof history shop.jsonl order-3000 '= state.refunded - state.paid' -p orders_v1.star --plot",
		Args: between(3, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			expression, isExpression := strings.CutPrefix(args[2], "=")
			if isExpression && (!plot || a.json) {
				return errors.New("an expression has no history of its own: give --plot, without --json")
			}
			var path value.Pointer
			var err error
			if !isExpression {
				expression = ""
				if path, err = pointer(args, 2); err != nil {
					return err
				}
			}
			return a.withSession(cmd.Context(), args[:1], true, func(s *timeline.Session) error {
				ctx := cmd.Context()
				q := timeline.HistoryQuery{Key: args[1], Path: path, Writes: writes, Reverse: reverse}
				if q.From, q.To, err = a.span(ctx, s, from, to); err != nil {
					return err
				}
				if err := a.await(ctx, s, "", q.To); err != nil {
					return err
				}
				if plot && !a.json {
					return a.plot(ctx, s, q, strings.TrimSpace(expression))
				}
				return a.history(ctx, s, q)
			})
		},
	}
	cmd.Flags().BoolVar(&writes, "writes", false, "also writes of an equal value")
	cmd.Flags().BoolVar(&plot, "plot", false, "draw a numeric value over the timeline; with --json the changes are listed as ever")
	cmd.Flags().BoolVar(&reverse, "reverse", false, "latest first")
	spanFlags(cmd, &from, &to)
	return cmd
}

func (a *app) history(ctx context.Context, s *timeline.Session, q timeline.HistoryQuery) error {
	table, any := a.table(">position", "time", "type", "", "old", "new"), false
	for row, err := range s.History(ctx, q) {
		if err != nil {
			return err
		}
		any = true
		if a.json {
			o := new(present.Line).Position("position", row.Position).Time("time", a.seen(row.Time)).Str("type", row.Type).Str("op", opName(row.Op))
			err = a.object(o.Raw("old", jsonOf(row.Old)).Raw("new", jsonOf(row.New)))
		} else {
			err = table.row(position(row.Position), a.when(row.Time), row.Type, sign(row.Op), cell(row.Old), cell(row.New))
		}
		if err != nil {
			return err
		}
	}
	if !any {
		if to := cmp.Or(q.To, s.Head()); q.From > 1 || to < s.Head() {
			return &finding{fmt.Sprintf("key %q has no history of %q from position %d to %d", q.Key, q.Path, max(q.From, 1), to)}
		}
		return &finding{fmt.Sprintf("key %q has no history of %q: asof blame lists its fields, -p names another projection", q.Key, q.Path)}
	}
	return table.close()
}

// cell is a value in a table; nothing is an empty cell.
func cell(n *value.Node) string {
	if n == nil {
		return ""
	}
	return string(present.Clip(string(n.JSON()), 60))
}

func opName(op value.Op) string {
	switch op {
	case value.Add:
		return "add"
	case value.Remove:
		return "remove"
	case value.Replace:
		return "replace"
	}
	return "same"
}

func (a *app) diffCommand() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use:     "diff LOG FROM TO",
		Short:   "What changed between two points in time",
		Example: "asof diff shop.jsonl 31406 31407\nasof diff shop.jsonl 2026-01-14 2026-01-15 --key order-481",
		Args:    between(3, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withSession(cmd.Context(), args[:1], true, func(s *timeline.Session) error {
				q := timeline.DiffQuery{Key: key}
				var err error
				if q.From, err = a.resolve(cmd.Context(), s, args[1]); err != nil {
					return err
				}
				if q.To, err = a.resolve(cmd.Context(), s, args[2]); err != nil {
					return err
				}
				if err := a.await(cmd.Context(), s, "", max(q.From, q.To)); err != nil {
					return err
				}
				return a.diff(cmd.Context(), s, q)
			})
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "of this key only")
	return cmd
}

func (a *app) diff(ctx context.Context, s *timeline.Session, q timeline.DiffQuery) error {
	table, any := a.table("key", "", "path", "old", "new", ">position"), false
	for row, err := range s.Diff(ctx, q) {
		if err != nil {
			return err
		}
		any = true
		if a.json {
			o := new(present.Line).Str("key", row.Key).Str("path", string(row.Path)).Str("op", opName(row.Op)).Raw("old", jsonOf(row.Old)).Raw("new", jsonOf(row.New))
			err = a.object(o.Position("position", row.Position))
		} else {
			err = table.row(row.Key, sign(row.Op), string(row.Path), cell(row.Old), cell(row.New), at(row.Position))
		}
		if err != nil {
			return err
		}
	}
	if !any {
		return a.noDifference(ctx, s, q)
	}
	return table.close()
}

// noDifference says that nothing changed, and of a key that was never written that this is why: it may be misspelt.
func (a *app) noDifference(ctx context.Context, s *timeline.Session, q timeline.DiffQuery) error {
	last := max(q.From, q.To)
	if q.Key != "" {
		st, err := s.State(ctx, timeline.Point{Projection: q.Projection, Key: q.Key, At: last})
		if err != nil {
			return err
		}
		if !st.Exists && st.Changed == 0 {
			a.note("key %q is never written up to position %d", q.Key, last)
			return nil
		}
	}
	a.note("nothing differs between %d and %d", min(q.From, q.To), last)
	return nil
}
