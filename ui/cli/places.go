package cli

import (
	"context"
	"fmt"
	"time"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/where"
)

// withPoint is withSession for a question about state at a where: it waits until the index is there.
func (a *app) withPoint(ctx context.Context, targets []string, where string, ask func(*timeline.Session, timeline.Point) error) error {
	return a.withSession(ctx, targets, true, func(s *timeline.Session) error {
		pos, err := a.resolve(ctx, s, where)
		if err != nil {
			return err
		}
		if err := a.await(ctx, s, "", pos); err != nil {
			return err
		}
		return ask(s, timeline.Point{At: pos})
	})
}

// resolve finds a position; relative wheres count from the end.
func (a *app) resolve(ctx context.Context, s *timeline.Session, where string) (event.Position, error) {
	place, err := s.Resolve(ctx, unprotect([]string{where})[0], timeline.Base{At: s.Head(), CommandLine: true, Zone: a.zone})
	return place.Position, err
}

// span is the positions of --from and --to; 0 where one is not given.
func (a *app) span(ctx context.Context, s *timeline.Session, from, to string) (first, last event.Position, err error) {
	if from != "" {
		if first, err = a.from(ctx, s, from); err != nil {
			return 0, 0, err
		}
	}
	if to != "" {
		last, err = a.resolve(ctx, s, to)
	}
	switch {
	case err != nil || to == "":
	case last == 0 && s.Head() > 0: // which a question takes for the end
		err = fmt.Errorf("--to %s lies before the first event: there is nothing up to there", to)
	case from != "" && first > last+1: // one more is a stretch of time in which nothing happened
		err = fmt.Errorf("--from %s, position %d, lies after --to %s, position %d", from, first, to, last)
	}
	return first, last, err
}

// from is where a span begins. As a place, a date is the end of its day; a span from a date begins with that day's first event.
func (a *app) from(ctx context.Context, s *timeline.Session, text string) (event.Position, error) {
	parsed, err := where.Parse(unprotect([]string{text})[0])
	if err != nil {
		return 0, err
	}
	if parsed.Readings()[0].Kind != where.Time {
		return a.resolve(ctx, s, text)
	}
	begin, err := event.ParseTime(parsed.String(), a.zone)
	if err != nil {
		return 0, err
	}
	before, err := a.resolve(ctx, s, event.Of(begin.Std().Add(-time.Nanosecond)).Text())
	return before + 1, err
}

// await waits until a projection is indexed up to a position (0 = the head), with a bar on standard error.
func (a *app) await(ctx context.Context, s *timeline.Session, projection string, to event.Position) error {
	if to == 0 {
		to = s.Head()
	}
	bar := a.bar()
	err := s.Await(ctx, projection, to, bar.index)
	bar.close()
	if err != nil {
		return err
	}
	if p, err := s.InUse(projection); err == nil && p.Reread > 0 {
		a.note("%s was indexed in one pass within --memory; %s documents were read back for want of room, which more memory saves", p.Name, count(p.Reread))
	}
	return nil
}
