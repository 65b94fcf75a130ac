package cli

import (
	"fmt"
	"strings"

	"github.com/muesli/mango"
	mcobra "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"

	"asof/engine/projection"
	"asof/ui/tui"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   "The manual page",
		Example: "asof man | man -l -\nasof man > /usr/local/share/man/man1/asof.1",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := mcobra.NewManPage(1, cmd.Root())
			if err != nil {
				return fmt.Errorf("manual: %w", err)
			}
			spell(&page.Root, nil)
			page = page.WithSection("Keys", keyList()).WithSection("Programs that fold", projection.ExecHelp()).WithSection("Exit codes",
				"0: ok. 1: a finding: a difference, a failed verification, a broken rule, a search without a hit, a refused append, an absent key, rejected records under --strict. "+
					"2: usage or input. 130: interrupted.")
			_, err = a.out.WriteString(page.Build(roff.NewDocument()))
			return err
		},
	}
}

// spell writes the short flags of a command and those below it as they are typed, and leaves out of a command what is a flag of all.
func spell(c *mango.Command, global map[string]mango.Flag) {
	for name, f := range c.Flags {
		_, everywhere := global[name]
		switch {
		case everywhere || name == "help":
			delete(c.Flags, name)
		case f.Short != "":
			c.Flags[name] = mango.Flag{Name: f.Short + ", --" + f.Name, Usage: f.Usage} // a dash goes before it
		}
	}
	if global == nil {
		global = c.Flags
	}
	for _, sub := range c.Commands {
		spell(sub, global)
	}
}

// keyList is the screen's table of commands as text, a line each.
func keyList() string {
	var b strings.Builder
	group := ""
	for _, c := range tui.Commands() {
		if c.Group != group {
			group = c.Group
			fmt.Fprintf(&b, "\n%s\n\n", group)
		}
		keys := strings.Join(c.Keys, " ")
		if keys == "" {
			keys = ":" + c.Name
		}
		fmt.Fprintf(&b, "%s  %s (%s)\n\n", keys, c.Help, c.Name)
	}
	return b.String()
}
