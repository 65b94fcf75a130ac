package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"asof/engine/value"
	"asof/timeline"
	"asof/ui/present"
)

func (a *app) stateCommand() *cobra.Command {
	var at, expression string
	cmd := &cobra.Command{
		Use:   "state LOG [KEY]",
		Short: "The state after any event",
		Long: "The document of a key, or of every key, as it stood at a position; with --print, what an expression says of it.\n\n" +
			"--at names the position: 1234, 65%, 2026-01-15, -10m, order-7:4, PaymentFailed#3, 'mark, /regexp/ …",
		Example: "asof state shop.jsonl order-481 --at 31407\nasof state shop.jsonl --at 2026-01-15 --json | jq .state.total\nasof state shop.jsonl order-481 -p orders_v1.star --print 'state.total - state.paid'",
		Args:    between(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if expression != "" && len(args) == 1 {
				return errors.New("--print asks one document: name its key")
			}
			return a.withPoint(cmd.Context(), args[:1], at, func(s *timeline.Session, p timeline.Point) error {
				if len(args) == 1 {
					return a.states(cmd.Context(), s, p)
				}
				p.Key = args[1]
				if expression != "" {
					return a.printed(cmd.Context(), s, p, expression)
				}
				return a.state(cmd.Context(), s, p)
			})
		},
	}
	atFlag(cmd, &at)
	cmd.Flags().StringVar(&expression, "print", "", "print this expression over state, before, event, key and position instead")
	return cmd
}

// printed is what an expression says at a point.
func (a *app) printed(ctx context.Context, s *timeline.Session, p timeline.Point, expression string) error {
	v, err := s.Evaluate(ctx, p, expression)
	if err != nil {
		return err
	}
	if a.json {
		return a.object(new(present.Line).Position("position", p.At).Str("key", p.Key).Raw("value", v.JSON()))
	}
	return a.block(string(v.AppendIndent(nil, "", "  ")))
}

func atFlag(cmd *cobra.Command, at *string) {
	cmd.Flags().StringVar(at, "at", "end", "the position, as a where")
}

func (a *app) state(ctx context.Context, s *timeline.Session, p timeline.Point) error {
	st, err := s.State(ctx, p)
	if err != nil {
		return err
	}
	if !st.Exists {
		return a.absent(ctx, s, st)
	}
	if a.json {
		return a.object(a.stateObject(st))
	}
	a.remark(ctx, s, st)
	a.page()
	return a.block(string(st.Root.AppendIndent(nil, "", "  ")))
}

// absent is the answer for a key that has no document there: it is data, and exit code 1. A fold that failed may well be why.
func (a *app) absent(ctx context.Context, s *timeline.Session, st timeline.State) error {
	when := "never written up to"
	if st.Changed > 0 {
		when = fmt.Sprintf("removed at %d, and absent at", st.Changed)
	}
	text := fmt.Sprintf("key %q is %s position %d", st.Key, when, st.At)
	if st.Tainted == 0 {
		return &finding{text}
	}
	for e, err := range s.FoldErrors(ctx, st.Projection, st.Tainted, st.Tainted) {
		if err != nil {
			return err
		}
		if e.Key == st.Key {
			text += fmt.Sprintf("; its fold failed at %d: %s", e.Position, failure(e))
		}
	}
	return &finding{text + "; asof info --errors lists what failed"}
}

// failure is a failed fold in one text: where in the script, and why.
func failure(e timeline.FoldError) string {
	if e.File == "" {
		return e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", filepath.Base(e.File), e.Line, e.Col, e.Message)
}

// remark says on standard error where the answer stands.
func (a *app) remark(ctx context.Context, s *timeline.Session, st timeline.State) {
	place, err := s.Place(ctx, st.At)
	if err != nil {
		return
	}
	a.note("%s @ %s · %.1f %% · %s · last changed by %s", st.Key, count(st.At), place.Percent(), a.when(place.Time), count(st.Changed))
	if st.Tainted > 0 {
		a.say("tainted: the fold of this key failed at position %d; see asof info --errors", st.Tainted)
	}
}

func (a *app) states(ctx context.Context, s *timeline.Session, p timeline.Point) error {
	table := a.table("key", ">changed", "state")
	for st, err := range s.States(ctx, p) {
		if err != nil {
			return err
		}
		if a.json {
			err = a.object(a.stateObject(st))
		} else {
			err = table.row(st.Key, at(st.Changed), string(present.Clip(string(st.Root.JSON()), 400)))
		}
		if err != nil {
			return err
		}
	}
	return table.close()
}

func (a *app) stateObject(st timeline.State) *present.Line {
	o := new(present.Line).Position("position", st.At).Position("changed_at", st.Changed).Time("time", a.seen(st.Time)).
		Time("changed_time", a.seen(st.ChangedTime)).Str("key", st.Key)
	o.Raw("state", jsonOf(st.Root))
	if st.Tainted > 0 {
		o.Bool("tainted", true).Position("tainted_at", st.Tainted)
	} else {
		o.Bool("tainted", false)
	}
	return o
}

func (a *app) blameCommand() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:     "blame LOG KEY [PATH]",
		Short:   "Which event last changed each field",
		Example: "asof blame shop.jsonl order-481\nasof blame shop.jsonl order-481 /status --at 50%",
		Args:    between(2, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := pointer(args, 2)
			if err != nil {
				return err
			}
			return a.withPoint(cmd.Context(), args[:1], at, func(s *timeline.Session, p timeline.Point) error {
				p.Key = args[1]
				return a.blame(cmd.Context(), s, p, path)
			})
		},
	}
	atFlag(cmd, &at)
	return cmd
}

func (a *app) blame(ctx context.Context, s *timeline.Session, p timeline.Point, path value.Pointer) error {
	rows, err := s.Blame(ctx, p, path)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		st, err := s.State(ctx, p)
		switch {
		case err != nil:
			return err
		case !st.Exists:
			return a.absent(ctx, s, st)
		case path == "":
			return &finding{fmt.Sprintf("key %q has no fields at position %d", p.Key, p.At)}
		}
		return &finding{fmt.Sprintf("key %q has no %q at position %d", p.Key, path, p.At)}
	}
	table := a.table("path", "value", ">position", "type", "time", ">changes")
	for _, r := range rows {
		if a.json {
			o := new(present.Line).Str("path", string(r.Path)).Raw("value", jsonOf(r.Value)).Position("position", r.Position)
			err = a.object(o.Str("type", r.Type).Some("stream", r.Stream).Time("time", a.seen(r.Time)).Int("changes", int64(r.Changes)))
		} else {
			err = table.row(string(r.Path), string(present.Clip(string(r.Value.JSON()), 60)), at(r.Position), r.Type, a.when(r.Time), fmt.Sprint(r.Changes))
		}
		if err != nil {
			return err
		}
	}
	return table.close()
}

// pointer is the argument at i as a path; no argument is the whole document. A path may leave out its first slash.
func pointer(args []string, i int) (value.Pointer, error) {
	if len(args) <= i || args[i] == "" {
		return "", nil
	}
	text := args[i]
	if text[0] != '/' {
		text = "/" + text
	}
	p, err := value.ParsePointer(text)
	if err != nil {
		return "", fmt.Errorf("path %q: %w; write it like /payment/amount", args[i], err)
	}
	return p, nil
}
