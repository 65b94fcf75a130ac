package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"asof/engine/event"
	"asof/engine/expr"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
)

func (a *app) findCommand() *cobra.Command {
	var (
		q                  timeline.FindQuery
		from, to           string
		first, last, total bool
	)
	cmd := &cobra.Command{
		Use:   "find LOG CONDITION",
		Short: "Where a condition held, over all of history",
		Long: "Where a condition on the state held: for each key, from which event up to which. It may ask about event, state (after the\n" +
			"event), before, key and position, in the language of projections; what is missing reads as None. A condition on events\n" +
			"alone lists the events. text:WORDS and re:PATTERN look for text in events, value:WORDS for text in the values of the state;\n" +
			"without a capital letter, case does not matter. What ) and ( stop at on the screen is found here all at once.\n\n" +
			"Exit code 1 if there is none.",
		Example: "asof find bank.jsonl -p balances.star 'state.balance < 100'\nasof find shop.jsonl 'before.status == \"paid\" and state.status != \"paid\"' --first\n" +
			"asof find shop.jsonl 'event.type == \"PaymentTaken\" and event.data.paid > 100' --count\nasof find shop.jsonl text:Zoe",
		Args: between(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.What = args[1]
			index, err := needsState(q.What)
			if err != nil {
				return err
			}
			return a.withSession(cmd.Context(), args[:1], index, func(s *timeline.Session) error {
				ctx := cmd.Context()
				if q.From, q.To, err = a.span(ctx, s, from, to); err != nil {
					return err
				}
				if index {
					if err := a.await(ctx, s, "", q.To); err != nil {
						return err
					}
				}
				f := found{app: a, session: s, q: q}
				switch {
				case total:
					return f.count(ctx)
				case first:
					return f.one(ctx, s.FindFirst)
				case last:
					return f.one(ctx, s.FindLast)
				}
				return f.all(ctx)
			})
		},
	}
	cmd.Flags().BoolVar(&first, "first", false, "only the one that begins first")
	cmd.Flags().BoolVar(&last, "last", false, "only the one that begins last")
	cmd.Flags().BoolVar(&total, "count", false, "only how many there are")
	cmd.MarkFlagsMutuallyExclusive("first", "last", "count")
	cmd.Flags().StringVarP(&q.Key, "key", "k", "", "only this key; for events, only this stream")
	spanFlags(cmd, &from, &to)
	return cmd
}

// needsState reports whether an index is asked for what is to be found.
func needsState(what string) (bool, error) {
	if err := debug.CheckWhat(what); err != nil {
		return false, err
	}
	switch kind, text := debug.SplitWhat(what); kind {
	case debug.ByValue:
		return true, nil
	case debug.ByCondition:
		cond, err := expr.Compile(text)
		return err == nil && cond.NeedsState(), err
	}
	return false, nil
}

// found prints what is found.
type found struct {
	*app
	session *timeline.Session
	q       timeline.FindQuery
	table   *table
}

// noHit is the end of a search without a hit: exit code 1.
func (f *found) noHit(ctx context.Context) error {
	kind, text := debug.SplitWhat(f.q.What)
	if kind != debug.ByCondition {
		return &finding{f.q.What + " is nowhere"}
	}
	cond, err := expr.Compile(text)
	if err != nil {
		return err
	}
	hint := ""
	if cond.NeedsState() {
		if hint, err = f.unwritten(ctx, f.session, cond, f.q.To); err != nil {
			return err
		}
	}
	return &finding{f.q.What + " holds nowhere" + hint}
}

// unwritten says which fields of a condition no document ever had, and what to do; "" if there are none.
func (a *app) unwritten(ctx context.Context, s *timeline.Session, cond *expr.Cond, to event.Position) (string, error) {
	fields, err := s.Unwritten(ctx, "", cond, to)
	if err != nil || len(fields) == 0 {
		return "", err
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	return ": no document ever had " + strings.Join(names, " or ") + "; asof blame lists a key's fields, -p names another projection", nil
}

func (f *found) all(ctx context.Context) error {
	bar := f.bar()
	defer bar.close()
	any := false
	for i, err := range f.session.Find(ctx, f.q, bar.find) {
		if err == nil {
			any = true
			err = f.print(ctx, i)
		}
		if err != nil {
			return err
		}
	}
	if !any {
		return f.noHit(ctx)
	}
	return f.close()
}

func (f *found) one(ctx context.Context, find func(context.Context, timeline.FindQuery, func(debug.Progress)) (debug.Interval, bool, error)) error {
	bar := f.bar()
	i, ok, err := find(ctx, f.q, bar.find)
	bar.close()
	switch {
	case err != nil:
		return err
	case !ok:
		return f.noHit(ctx)
	}
	if err := f.print(ctx, i); err != nil {
		return err
	}
	return f.close()
}

func (f *found) count(ctx context.Context) error {
	bar := f.bar()
	n, keys, err := f.session.FindCount(ctx, f.q, bar.find)
	bar.close()
	if err != nil {
		return err
	}
	if f.json {
		err = f.object(new(present.Line).Int("count", int64(n)).Int("keys", int64(keys)))
	} else {
		err = f.println(strconv.Itoa(n))
	}
	if err == nil && n == 0 {
		return f.noHit(ctx)
	}
	return err
}

func (f *found) close() error {
	if f.table == nil {
		return nil
	}
	return f.table.close()
}

// print prints one interval.
func (f *found) print(ctx context.Context, i debug.Interval) error {
	e, err := f.session.Event(ctx, i.From)
	if err != nil {
		return err
	}
	if f.json {
		return f.object(f.line(i, e))
	}
	switch kind, _ := debug.SplitWhat(f.q.What); {
	case kind == debug.ByValue:
		return f.row([]string{"key", ">from", "time", ">to", "path", "text"}, i.Key, position(i.From), f.when(e.Time), end(i.To), string(i.Path), i.Text)
	case kind != debug.ByCondition:
		return f.row([]string{">position", "time", "stream", "type", "in", "text"}, position(i.From), f.when(e.Time), string(e.Stream), e.Type, i.Field, present.Readable(i.Text))
	case i.Key == "":
		return f.row([]string{">position", "time", "stream", "type"}, position(i.From), f.when(e.Time), string(e.Stream), e.Type)
	}
	return f.row([]string{"key", ">from", "time", ">to", "type"}, i.Key, position(i.From), f.when(e.Time), end(i.To), e.Type)
}

func (f *found) line(i debug.Interval, e timeline.Event) *present.Line {
	key := i.Key
	if key == "" {
		key = string(e.Stream)
	}
	o := new(present.Line).Position("position", i.From).Str("key", key).Position("from", i.From)
	if i.To > 0 {
		o.Position("to", i.To)
	} else {
		o.Raw("to", []byte("null"))
	}
	o.Time("time", f.seen(e.Time)).Str("type", e.Type)
	return o.Some("path", string(i.Path)).Some("in", i.Field).Some("text", i.Text)
}

func (f *found) row(heads []string, cells ...string) error {
	if f.table == nil {
		f.table = f.app.table(heads...)
	}
	return f.table.row(cells...)
}

// end is the end of an interval for people.
func end(to event.Position) string {
	if to == 0 {
		return "still"
	}
	return position(to)
}

// find shows how far a search is.
func (b *bar) find(p debug.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.due() && p.Of > 0 {
		b.draw(float64(p.Done)/float64(p.Of), fmt.Sprintf("%s of %s events  %s found", count(p.Done), count(p.Of), count(p.Hits)))
	}
}
