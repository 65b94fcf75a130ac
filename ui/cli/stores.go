package cli

import (
	"context"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"asof/engine/ingest"
	"asof/ui/present"
)

func (a *app) storesCommand() *cobra.Command {
	var remove string
	cmd := &cobra.Command{
		Use:     "stores",
		Short:   "The stores on this machine",
		Example: "asof stores\nasof stores --rm shop.jsonl-1f0c2a9e.asof",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			home, err := ingest.Home(os.Getenv)
			if err != nil {
				return err
			}
			if remove == "" {
				return a.stores(cmd.Context(), home)
			}
			dir, err := ingest.RemoveStore(cmd.Context(), home, remove)
			if err == nil {
				a.note("removed %s", dir)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&remove, "rm", "", "delete this store; the files that it was made from are not touched")
	return cmd
}

func (a *app) stores(ctx context.Context, home string) error {
	list, err := ingest.Stores(ctx, home)
	if err != nil {
		return err
	}
	table := a.table("store", ">events", ">size", "made from")
	for _, s := range list {
		from := strings.Join(s.Targets, " ")
		if s.Trouble != "" {
			from += " (" + s.Trouble + ")"
		}
		if a.json {
			err = a.object(new(present.Line).Str("path", s.Path).Str("source", strings.Join(s.Targets, " ")).Int("events", int64(s.Events)).
				Int("bytes", s.Bytes).Some("trouble", s.Trouble))
		} else {
			err = table.row(s.Path, count(s.Events), string(present.Bytes(uint64(s.Bytes))), from)
		}
		if err != nil {
			return err
		}
	}
	return table.close()
}
