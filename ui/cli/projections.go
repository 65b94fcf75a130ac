package cli

import (
	"context"

	"github.com/spf13/cobra"

	"asof/timeline"
	"asof/ui/present"
)

func (a *app) projectionsCommand() *cobra.Command {
	var rebuild, drop string
	cmd := &cobra.Command{
		Use:     "projections LOG",
		Short:   "What is built over a log: progress, keys, size, errors",
		Example: "asof projections shop.jsonl\nasof projections shop.jsonl --rebuild orders_v1.star\nasof projections shop.jsonl --drop merge",
		Args:    between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if rebuild != "" {
				a.projections = append(a.projections, rebuild)
			}
			return a.withSession(ctx, args, rebuild != "", func(s *timeline.Session) error {
				switch {
				case drop != "":
					return s.Drop(ctx, drop)
				case rebuild != "":
					bar := a.bar()
					err := s.Rebuild(ctx, a.used[len(a.used)-1], bar.index)
					bar.close()
					if err != nil {
						return err
					}
				}
				return a.listProjections(ctx, s)
			})
		},
	}
	cmd.Flags().StringVar(&rebuild, "rebuild", "", "build this one anew from the log")
	cmd.Flags().StringVar(&drop, "drop", "", "delete this one's index; the log is not touched")
	return cmd
}

func (a *app) listProjections(ctx context.Context, s *timeline.Session) error {
	list, err := s.Projections(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		a.note("no projection is built yet: the first question about a state builds one, or -p with import")
	}
	table := a.table("name", "by", ">position", ">keys", ">size", ">errors")
	for _, p := range list {
		if a.json {
			err = a.object(projectionObject(p))
		} else {
			err = table.row(p.Name, p.By, count(p.Position), count(p.Keys), string(present.Bytes(uint64(p.Bytes))), count(p.Errors))
		}
		if err != nil {
			return err
		}
	}
	return table.close()
}

func projectionObject(p timeline.Projection) *present.Line {
	return new(present.Line).Str("name", p.Name).Str("by", p.By).Position("position", p.Position).Int("keys", int64(p.Keys)).
		Int("bytes", p.Bytes).Int("errors", int64(p.Errors)).Str("identity", p.Identity)
}
