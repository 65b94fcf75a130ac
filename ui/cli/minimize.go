package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
)

// minimize writes the smallest log that still breaks the first broken rule.
func (a *app) minimize(ctx context.Context, s *timeline.Session, q timeline.CheckQuery, file string) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--minimize: %s is there already: name another file, or remove it", file)
	}
	for _, rule := range q.Rules {
		m, err := a.minimal(ctx, s, timeline.MinimizeQuery{Rule: rule, Key: q.Key, To: q.To})
		if errors.Is(err, timeline.ErrHolds) {
			continue
		}
		if err != nil {
			return err
		}
		if err := writeMinimal(file, m); err != nil {
			return err
		}
		if err := a.printMinimal(m, rule, file); err != nil {
			return err
		}
		return &finding{fmt.Sprintf("%s of %s events are enough to break %s: see %s", count(len(m.Events)), count(m.From), rule.Name, file)}
	}
	a.note("every rule holds at every event: there is nothing to minimize")
	return nil
}

func (a *app) minimal(ctx context.Context, s *timeline.Session, q timeline.MinimizeQuery) (timeline.Minimized, error) {
	bar := a.bar()
	defer bar.close()
	return s.Minimize(ctx, q, bar.shrink)
}

func writeMinimal(file string, m timeline.Minimized) error {
	out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("--minimize: %w", err)
	}
	return errors.Join(m.WriteLog(out), out.Close())
}

func (a *app) printMinimal(m timeline.Minimized, rule debug.Rule, file string) error {
	if !a.json {
		for _, line := range present.Scenario(m, rule.Text) {
			if _, err := a.out.WriteString(string(line) + "\n"); err != nil {
				return err
			}
		}
		return nil
	}
	o := violationObject(m.Original).Str("file", file).Int("events", int64(len(m.Events))).Int("of", int64(m.From))
	var kept []*present.Line
	for i, e := range m.Events {
		kept = append(kept, new(present.Line).Position("position", m.At[i]).Str("stream", string(e.Stream)).Str("type", e.Type))
	}
	return a.object(o.Objects("kept", kept))
}

func (b *bar) shrink(p debug.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.due() && p.Of > 0 {
		b.draw(-1, fmt.Sprintf("%s of %s events left", count(p.Of-p.Done), count(p.Of)))
	}
}
