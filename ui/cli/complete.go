package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"asof/engine/projection"
	"asof/importers"
	"asof/timeline"
)

// completions tells the shell the words that flags take, where they are few. Where none fits, it completes files.
func completions(root *cobra.Command) {
	words := map[string][]string{
		"order":  {"file", "time"},
		"theme":  {"auto", "dark", "light"},
		"dedupe": {"id"},
		"tz":     {"UTC", "local"},
	}
	for _, p := range projection.Builtins() {
		words["projection"] = append(words["projection"], p.Name)
	}
	for _, im := range importers.All() {
		words["format"] = append(words["format"], im.Format().Name)
	}
	for flag, list := range words {
		complete(root, flag, list)
	}
	for _, cmd := range root.Commands() {
		if cmd.Name() == "export" {
			complete(cmd, "format", timeline.ExportFormats())
		}
	}
}

func complete(cmd *cobra.Command, flag string, words []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		var fit []string
		for _, word := range words {
			if strings.HasPrefix(word, typed) {
				fit = append(fit, word)
			}
		}
		return fit, cobra.ShellCompDirectiveDefault
	})
	if err != nil {
		panic(err) // a flag that no command has
	}
}
