package cli

import (
	"github.com/spf13/cobra"

	"asof/importers"
	"asof/ui/present"
)

func (a *app) formatsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "formats",
		Short:   "What can be read, how it is recognised, and its default projection",
		Example: "asof formats\nasof formats --json | jq -r .name",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return a.formats() },
	}
}

func (a *app) formats() error {
	table := a.table("name", "format", "projection", "recognised by")
	for _, i := range importers.All() {
		f := i.Format()
		var err error
		if a.json {
			err = a.object(new(present.Line).Str("name", f.Name).Str("title", f.Title).Str("detect", f.Detect).Str("projection", f.Projection))
		} else {
			err = table.row(f.Name, f.Title, f.Projection, f.Detect)
		}
		if err != nil {
			return err
		}
	}
	return table.close()
}
