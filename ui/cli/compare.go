package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/compare"
	"asof/ui/present"
)

type comparing struct {
	at, key string
	with    string // the other position, for two points of one projection
	other   string // the other key, for two keys of one projection
	ignore  []string
}

func (a *app) compareCommand() *cobra.Command {
	var c comparing
	cmd := &cobra.Command{
		Use:   "compare LOG",
		Short: "Two projections, two points in time or two keys, side by side",
		Long: "Given two projections, finds the first event and field at which their histories part, and counts what differs at a\n" +
			"position. Given one, compares two positions (--at, --with) or two keys (--key, --other). Exits with 1 on a difference.",
		Example: "asof compare shop.jsonl -p orders_v1.star -p orders_v2.star\nasof compare shop.jsonl -p merge --at 31406 --with 31407 --key order-481",
		Args:    between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withSession(cmd.Context(), args, true, func(s *timeline.Session) error { return a.compare(cmd.Context(), s, c) })
		},
	}
	atFlag(cmd, &c.at)
	cmd.Flags().StringVar(&c.with, "with", "", "the other position of the same projection")
	cmd.Flags().StringVar(&c.key, "key", "", "the document of this key only")
	cmd.Flags().StringVar(&c.other, "other", "", "another key, to compare with --key")
	cmd.Flags().StringArrayVar(&c.ignore, "ignore", nil, "a path that counts as equal, with all below it")
	return cmd
}

func (a *app) compare(ctx context.Context, s *timeline.Session, c comparing) error {
	q, err := a.compareQuery(ctx, s, c)
	if err != nil {
		return err
	}
	for _, p := range []timeline.Point{q.Left, q.Right} {
		if err := a.await(ctx, s, p.Projection, p.At); err != nil {
			return err
		}
	}
	if q.Left.Key != "" {
		return a.compareKey(ctx, s, q)
	}
	if q.Left.At == q.Right.At {
		return a.compareProjections(ctx, s, q)
	}
	return a.compareAll(ctx, s, q, timeline.Divergence{})
}

func (a *app) compareQuery(ctx context.Context, s *timeline.Session, c comparing) (q timeline.CompareQuery, err error) {
	for _, text := range c.ignore {
		p, err := pointer([]string{text}, 0)
		if err != nil {
			return q, err
		}
		q.Ignore = append(q.Ignore, p)
	}
	place, err := a.resolve(ctx, s, c.at)
	if err != nil {
		return q, err
	}
	names := a.used
	switch {
	case len(names) == 0 || len(names) > 2:
		return q, errors.New("compare takes one or two projections: give -p once or twice")
	case len(names) == 1 && len(a.projections) < 2 && c.with == "" && c.other == "":
		return q, errors.New("compare needs a second side: another projection (-p), another position (--with), or another key (--key and --other)")
	case c.other != "" && c.key == "":
		return q, errors.New("--other is compared with --key: give both")
	}
	q.Left = timeline.Point{Projection: names[0], Key: c.key, At: place}
	q.Right = q.Left
	if len(names) == 2 {
		q.Right.Projection = names[1]
	}
	if c.other != "" {
		q.Right.Key = c.other
	}
	if c.with != "" {
		q.Right.At, err = a.resolve(ctx, s, c.with)
	}
	return q, err
}

// compareProjections looks at the whole history first: two projections may agree at the end and still have parted before.
func (a *app) compareProjections(ctx context.Context, s *timeline.Session, q timeline.CompareQuery) error {
	if err := a.await(ctx, s, q.Left.Projection, 0); err != nil {
		return err
	}
	if err := a.await(ctx, s, q.Right.Projection, 0); err != nil {
		return err
	}
	d, err := s.Diverge(ctx, q.Left.Projection, q.Right.Projection, q.Ignore)
	if err != nil {
		return err
	}
	return a.compareAll(ctx, s, q, d)
}

func (a *app) compareAll(ctx context.Context, s *timeline.Session, q timeline.CompareQuery, d timeline.Divergence) error {
	o, err := s.CompareAll(ctx, q)
	if err != nil {
		return err
	}
	equal := o.Equal && !d.Found
	if a.json {
		if err := a.object(overviewObject(equal, o, d)); err != nil {
			return err
		}
	} else if err := a.printOverview(equal, q, o, d); err != nil {
		return err
	}
	if !equal {
		return &finding{}
	}
	return nil
}

func overviewObject(equal bool, o timeline.Overview, d timeline.Divergence) *present.Line {
	line := new(present.Line).Bool("equal", equal)
	switch {
	case d.Found:
		line.Object("first", divergenceObject(d))
	case len(o.First) > 0:
		f := o.First[0]
		line.Object("first", new(present.Line).Position("left_position", f.LeftAt).Position("right_position", f.RightAt).
			Str("key", f.Key).Str("path", string(f.Path)).Raw("left", jsonOf(f.Left)).Raw("right", jsonOf(f.Right)))
	}
	total := 0
	paths := new(present.Line)
	for _, path := range slices.Sorted(maps.Keys(o.Paths)) {
		c := o.Paths[path]
		if c.Different() == 0 {
			continue
		}
		total += c.Different()
		paths.Int(path, int64(c.Different()))
	}
	return line.Int("differences", int64(total)).Int("keys", int64(o.Keys.Different())).Object("paths", paths)
}

func divergenceObject(d timeline.Divergence) *present.Line {
	return new(present.Line).Position("left_position", d.LeftPosition).Position("right_position", d.RightPosition).
		Str("key", d.Key).Str("path", string(d.Path)).Raw("left", jsonOf(d.Left)).Raw("right", jsonOf(d.Right))
}

// differ says of how many keys the documents differ.
func differ(keys int) string {
	if keys == 1 {
		return "1 key differs"
	}
	return count(keys) + " keys differ"
}

func (a *app) printOverview(equal bool, q timeline.CompareQuery, o timeline.Overview, d timeline.Divergence) error {
	if equal {
		return a.println("equal: no key and no path differs, at this position or before it")
	}
	if d.Found {
		if err := a.println(fmt.Sprintf("first divergence at %d: %s %s is %s on the left and %s on the right",
			d.Position(), d.Key, d.Path, absent(d.Left), absent(d.Right))); err != nil {
			return err
		}
	}
	if err := a.println(fmt.Sprintf("%s: %d changed, %d only on the left, %d only on the right",
		differ(o.Keys.Different()), o.Keys.Changed, o.Keys.Removed, o.Keys.Added)); err != nil {
		return err
	}
	counts := a.table("path", ">changed", ">removed", ">added")
	for _, path := range slices.Sorted(maps.Keys(o.Paths)) {
		if c := o.Paths[path]; c.Different() > 0 {
			if err := counts.row(path, fmt.Sprint(c.Changed), fmt.Sprint(c.Removed), fmt.Sprint(c.Added)); err != nil {
				return err
			}
		}
	}
	if err := counts.close(); err != nil {
		return err
	}
	table := a.table("key", "", "path", q.Left.Projection, q.Right.Projection)
	for _, f := range o.First {
		if err := table.row(f.Key, string(f.Mark), string(f.Path), cell(f.Left), cell(f.Right)); err != nil {
			return err
		}
	}
	return table.close()
}

func absent(n *value.Node) string {
	if n == nil {
		return "absent"
	}
	return string(present.Clip(string(n.JSON()), 60))
}

// compareKey puts two documents side by side.
func (a *app) compareKey(ctx context.Context, s *timeline.Session, q timeline.CompareQuery) error {
	c, err := s.Compare(ctx, q)
	if err != nil {
		return err
	}
	table := a.table("", "path", side(q.Left), side(q.Right), ">left by", ">right by")
	var first *present.Line
	paths := new(present.Line)
	for _, row := range c.Rows {
		if row.Mark == compare.Inside {
			continue
		}
		if row.Mark != compare.Equal {
			o := new(present.Line).Position("left_position", row.Left.Changed).Position("right_position", row.Right.Changed).
				Str("key", q.Left.Key).Str("path", string(row.Path)).Raw("left", jsonOf(row.Left.Node)).Raw("right", jsonOf(row.Right.Node))
			if first == nil {
				first = o
			}
			paths.Int(string(row.Path), 1)
		}
		if a.json || row.Below > 0 {
			continue
		}
		if err := table.row(string(row.Mark), string(row.Path), cell(row.Left.Node), cell(row.Right.Node), at(row.Left.Changed), at(row.Right.Changed)); err != nil {
			return err
		}
	}
	if a.json {
		line := new(present.Line).Bool("equal", c.Equal())
		if first != nil {
			line.Object("first", first)
		}
		err = a.object(line.Int("differences", int64(c.Counts.Different())).Object("paths", paths))
	} else {
		err = table.close()
	}
	if err == nil && !c.Equal() {
		return &finding{}
	}
	return err
}

func side(p timeline.Point) string { return fmt.Sprintf("%s %s @ %d", p.Projection, p.Key, p.At) }
