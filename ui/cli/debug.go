package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"asof/engine/ingest"
	"asof/importers/scan"
	"asof/timeline"
	"asof/ui/tui"
)

// debug opens the screen; where nobody could see it, it prints what is in the log instead.
func (a *app) debug(cmd *cobra.Command, targets []string) (err error) {
	ctx := cmd.Context()
	if len(targets) == 0 {
		return cmd.Help()
	}
	if !obeys(a.stdout) {
		return a.withSession(ctx, targets, false, func(s *timeline.Session) error { return a.info(ctx, s) })
	}
	src, err := a.open(ctx, targets)
	if err != nil {
		return err
	}
	if src.log != nil {
		defer func() { err = errors.Join(err, src.log.Close()) }()
	}
	projections := a.projections
	if len(projections) == 0 && !src.known {
		projections = a.wanted(src)
	}
	s, err := a.session(ctx, src, append([]string{}, projections...))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	rules, err := a.rulesFile(src)
	if err != nil {
		return err
	}
	options := tui.Options{
		Session: s, Title: src.title, Zone: a.zone,
		Theme: a.theme, ASCII: a.ascii, NoColor: a.noColor, NoMouse: a.noMouse, Keys: a.config.Keys,
		Card: a.card(), Load: a.loader(src), Rules: rules,
	}
	err = tui.Run(ctx, options)
	if errors.Is(err, tui.ErrInterrupted) {
		return context.Canceled
	}
	return err
}

// loader loads behind the screen, and then follows the files as they grow until the screen is left.
func (a *app) loader(src *source) func(context.Context, func(tui.Progress)) (string, error) {
	if src.log == nil {
		return nil
	}
	if src.plan.Piped() {
		return a.followPipe(src)
	}
	return func(ctx context.Context, report func(tui.Progress)) (string, error) {
		result, err := a.run(ctx, src, func(p ingest.Progress) {
			report(tui.Progress{
				Stage: stage(p.Stage), Bytes: p.BytesRead, Total: p.BytesTotal,
				Events: int64(p.Durable), Rejected: int64(p.Rejected), Durable: p.Durable,
			})
		})
		if err != nil {
			return "", err
		}
		report(tui.Progress{Idle: true, Stage: summary(result)})
		return "", ingest.Follow(ctx, src.plan, src.log, func(r ingest.Result) {
			if news := gaps(r); news != "" {
				report(tui.Progress{Idle: true, Stage: news})
			}
		})
	}
}

// followPipe loads standard input as it comes: nobody knows whether it ends.
func (a *app) followPipe(src *source) func(context.Context, func(tui.Progress)) (string, error) {
	return func(ctx context.Context, report func(tui.Progress)) (string, error) {
		told := false
		return "", ingest.Follow(ctx, src.plan, src.log, func(r ingest.Result) {
			news := gaps(r)
			if !told {
				told, news = true, cmp.Or(news, summary(r))
			}
			if news != "" {
				report(tui.Progress{Idle: true, Stage: news, Rejected: int64(r.Rejected)})
			}
		})
	}
}

// gaps says what may have been lost of files that are followed.
func gaps(r ingest.Result) string {
	if len(r.Gaps) == 0 {
		return strings.Join(r.Notices, "; ")
	}
	g := r.Gaps[len(r.Gaps)-1]
	if g.To > g.From {
		return fmt.Sprintf("%s: bytes %d to %d may be lost: %s", filepath.Base(g.Path), g.From, g.To, g.Why)
	}
	return fmt.Sprintf("%s: something may be lost: %s", filepath.Base(g.Path), g.Why)
}

func stage(s ingest.Stage) string {
	switch s {
	case ingest.Checking:
		return "checking"
	case ingest.Deciding, ingest.Sorting:
		return "ordering"
	}
	return "loading"
}

// summary is what the screen says once all is loaded; nothing if nothing came in.
func summary(r ingest.Result) string {
	if r.Events == 0 && r.Rejected == 0 {
		return ""
	}
	text := fmt.Sprintf("%s loaded in %.1f s", counted(r.Events, "event"), r.Elapsed.Seconds())
	if r.Rejected > 0 {
		text += fmt.Sprintf("; %s rejected, see :rejected", counted(r.Rejected, "record"))
	}
	if guesses := guessed(r); guesses != "" {
		text += "; guessed: " + guesses + ", see :info"
	}
	if fields := lacking(r); fields != "" {
		text += "; found no " + fields + ", see :info"
	}
	return text
}

// guessed is what was guessed about the first source of which something was, in its own words: stream customer, type status.
func guessed(r ingest.Result) string {
	for _, source := range r.Sources {
		var words []string
		for _, f := range source.Verdict.Fields {
			if f.Guess && f.Path != "" {
				words = append(words, f.Name+" "+f.Path)
			}
		}
		if len(words) > 0 {
			return strings.Join(words, ", ")
		}
	}
	return ""
}

// lacking says in which fields of the first such source nothing looks like a time or a type.
func lacking(r ingest.Result) string {
	for _, source := range r.Sources {
		var words []string
		for _, f := range source.Verdict.Fields {
			if f.Path == "" && (f.Name == scan.FieldTime || f.Name == scan.FieldType) && !strings.HasPrefix(f.Why, "given") {
				words = append(words, f.Name)
			}
		}
		if len(words) > 0 {
			return strings.Join(words, ", ")
		}
	}
	return ""
}

// card is the advice that a story opens with.
func (a *app) card() *tui.Card {
	if a.story == nil {
		return nil
	}
	card := &tui.Card{Title: a.story.Title}
	for _, h := range a.story.Hints {
		card.Hints = append(card.Hints, tui.Hint{Keys: h.Keys, Label: h.Label})
	}
	return card
}
