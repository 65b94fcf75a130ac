package cli

import (
	"context"
	"fmt"
	"time"

	"asof/engine/projection"
	"asof/timeline"
	"asof/ui/present"
)

// foldProfile prints what the events of each type, and of the dearest keys, cost to fold.
func (a *app) foldProfile(ctx context.Context, s *timeline.Session, name string, keys int) error {
	bar := a.bar()
	p, err := s.Profile(ctx, a.profiled(name), a.by, bar.index)
	bar.close()
	if err != nil {
		return err
	}
	a.note("%s: %s folded in %s, each event by itself", p.Name, count(p.Events), string(present.Duration(p.Total)))
	if p.External {
		a.note("a round trip to the program is in each time")
	}
	if err := a.costs("type", p.Types); err != nil || a.json && keys == 0 {
		return err
	}
	if !a.json {
		if err := a.gap(); err != nil {
			return err
		}
	}
	return a.costs("key", p.Keys[:min(keys, len(p.Keys))])
}

// profiled is the reference of what --profile names: a program of --exec by its name, or what any reference is.
func (a *app) profiled(name string) string {
	for _, command := range a.exec {
		if p, err := projection.Parse(projection.Exec(command), projection.Options{}); err == nil && p.Name() == name {
			return projection.Exec(command)
		}
	}
	return name
}

func (a *app) costs(what string, list []timeline.Cost) error {
	table := a.table(what, ">folds", ">time", ">share", ">mean", ">keys & upcast", ">slowest", ">at")
	for _, c := range list {
		var err error
		if a.json {
			o := new(present.Line).Str(what, c.Name).Int("folds", int64(c.Events)).Raw("seconds", seconds(c.Total())).Raw("share", fmt.Appendf(nil, "%.4f", c.Share))
			if what == "type" {
				o.Raw("prepare_seconds", seconds(c.Prepare))
			}
			if c.Position > 0 {
				o.Raw("slowest_seconds", seconds(c.Slowest)).Position("position", c.Position)
			}
			err = a.object(o)
		} else {
			mean := time.Duration(0)
			if c.Events > 0 {
				mean = c.Fold / time.Duration(c.Events)
			}
			prepare := ""
			if what == "type" {
				prepare = string(present.Fine(c.Prepare))
			}
			err = table.row(c.Name, count(c.Events), string(present.Fine(c.Total())), fmt.Sprintf("%.1f %%", c.Share*100), string(present.Fine(mean)), prepare, string(present.Fine(c.Slowest)), at(c.Position))
		}
		if err != nil {
			return err
		}
	}
	if a.json {
		return nil
	}
	return table.close()
}

// seconds is a time as a JSON number, to the nanosecond.
func seconds(d time.Duration) []byte { return fmt.Appendf(nil, "%.9f", d.Seconds()) }
