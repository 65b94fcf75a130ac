package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"asof/demo"
	"asof/ui/present"
)

func (a *app) demoCommand() *cobra.Command {
	var (
		list     bool
		write    string
		reducers string
		size     demo.Size
	)
	names := make([]string, 0, 2)
	for _, s := range demo.Stories() {
		names = append(names, s.Name)
	}
	cmd := &cobra.Command{
		Use:       "demo [STORY]",
		Short:     "Open a built-in story with a planted fault",
		Long:      "Opens a story: an ordinary log, written below the data folder and imported as any other, with a fault to be found.\nStories: " + strings.Join(names, ", ") + ".",
		Example:   "asof demo\nasof demo bank\nasof demo shop --write shop.jsonl\nasof demo shop --write shop.jsonl --reducers . && asof shop.jsonl --exec 'node orders.js'\nasof demo shop --write big.jsonl --events 1000000 --streams 100000 --seed 42",
		ValidArgs: names,
		Args:      between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				return a.listStories()
			}
			story := demo.Stories()[0]
			if len(args) == 1 {
				var err error
				if story, err = demo.Find(args[0]); err != nil {
					return err
				}
			}
			if reducers != "" {
				if err := a.writeReducers(story, reducers); err != nil || write == "" {
					return err
				}
			}
			if write != "" {
				return a.writeStory(story, write, size)
			}
			return a.openStory(cmd, story)
		},
	}
	a.registerScreen(cmd.Flags())
	cmd.Flags().BoolVar(&list, "list", false, "list the stories")
	cmd.Flags().StringVar(&write, "write", "", "write the story's log to this file (- for standard output) instead of opening it")
	cmd.Flags().StringVar(&reducers, "reducers", "", "write the story's rules and projections, these also as Node and Python programs for --exec, into this folder")
	cmd.Flags().IntVar(&size.Events, "events", 0, "with --write: so many events (default the story's own)")
	cmd.Flags().IntVar(&size.Streams, "streams", 0, "with --write: over about so many streams")
	cmd.Flags().Uint64Var(&size.Seed, "seed", 0, "with --write: seed of the random numbers")
	return cmd
}

func (a *app) listStories() error {
	table := a.table("name", ">events", "story")
	for _, s := range demo.Stories() {
		var err error
		if a.json {
			err = a.object(new(present.Line).Str("name", s.Name).Int("events", int64(s.Size.Events)).Str("title", s.Title))
		} else {
			err = table.row(s.Name, fmt.Sprint(s.Size.Events), s.Title)
		}
		if err != nil {
			return err
		}
	}
	return table.close()
}

func (a *app) writeStory(story demo.Story, path string, size demo.Size) error {
	if path == "-" {
		return story.Write(a.out, size)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return fmt.Errorf("story: %w", err)
	}
	out := bufio.NewWriterSize(f, 1<<20)
	err = story.Write(out, size)
	if err := errors.Join(err, out.Flush(), f.Close()); err != nil {
		return fmt.Errorf("story %s: %w", path, err)
	}
	return nil
}

// writeReducers writes the story's code as files, and no file over another one.
func (a *app) writeReducers(story demo.Story, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("reducers: %w", err)
	}
	rules := demo.Script{Name: story.Name + rulesSuffix, Source: story.Rules.Source}
	for _, file := range slices.Concat(story.Scripts, story.Reducers, []demo.Script{rules}) {
		path := filepath.Join(dir, file.Name)
		if old, err := os.ReadFile(path); err == nil && !bytes.Equal(old, file.Source) {
			return fmt.Errorf("reducers: %s is another file: move it away, or name another folder", path)
		}
		if err := os.WriteFile(path, file.Source, 0o644); err != nil {
			return fmt.Errorf("reducers: %w", err)
		}
		a.note("wrote %s", path)
	}
	return nil
}

// openStory lays the story's files below the data folder and opens them as a person would.
func (a *app) openStory(cmd *cobra.Command, story demo.Story) error {
	folder, err := dataFolder("demo")
	if err != nil {
		return err
	}
	path := filepath.Join(folder, story.Name+".jsonl")
	if _, err := os.Stat(path); a.fresh || errors.Is(err, fs.ErrNotExist) {
		// A story that is being written must not be taken for a whole one by the next start.
		part := path + ".part"
		if err := a.writeStory(story, part, demo.Size{}); err != nil {
			return err
		}
		if err := os.Rename(part, path); err != nil {
			return fmt.Errorf("story: %w", err)
		}
	}
	var scripts []string
	for _, script := range story.Scripts {
		name := filepath.Join(folder, script.Name)
		if err := os.WriteFile(name, script.Source, 0o600); err != nil {
			return fmt.Errorf("script: %w", err)
		}
		scripts = append(scripts, name)
	}
	rules := filepath.Join(folder, story.Name+rulesSuffix)
	if err := os.WriteFile(rules, story.Rules.Source, 0o600); err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	if len(a.projections) == 0 {
		a.projections = append(scripts, "tally", "merge")
	}
	a.story = &story
	return a.debug(cmd, []string{path})
}
