package strip

import (
	"time"

	"asof/engine/event"
)

// pitch is a distance of ticks on a calendar: one of the fields is set.
type pitch struct {
	span   time.Duration // less than a day, and a divisor of it
	days   int
	months int
}

// approximate is the pitch as a duration, for choosing one.
func (p pitch) approximate() time.Duration {
	const day = 24 * time.Hour
	return p.span + time.Duration(p.days)*day + time.Duration(p.months)*30*day
}

// pitches are the distances at which people expect labels.
func pitches() []pitch {
	var all []pitch
	for unit := time.Nanosecond; unit < time.Second; unit *= 10 {
		all = append(all, pitch{span: unit}, pitch{span: 2 * unit}, pitch{span: 5 * unit})
	}
	for _, unit := range []time.Duration{time.Second, time.Minute} {
		for _, n := range []time.Duration{1, 2, 5, 10, 15, 30} {
			all = append(all, pitch{span: n * unit})
		}
	}
	for _, n := range []time.Duration{1, 2, 3, 6, 12} {
		all = append(all, pitch{span: n * time.Hour})
	}
	for _, n := range []int{1, 2, 7, 14} {
		all = append(all, pitch{days: n})
	}
	for _, n := range []int{1, 3, 6, 12, 24, 60, 120, 240, 600, 1200} {
		all = append(all, pitch{months: n})
	}
	return all
}

// first is the first instant of the pitch at or after t, on t's calendar.
func (p pitch) first(t time.Time) time.Time {
	y, m, d := t.Date()
	var at time.Time
	switch {
	case p.months > 0:
		months := (y*12 + int(m) - 1) / p.months * p.months
		at = time.Date(months/12, time.Month(months%12+1), 1, 0, 0, 0, 0, t.Location())
	case p.days > 0:
		at = time.Date(y, m, d, 0, 0, 0, 0, t.Location())
	default:
		midnight := time.Date(y, m, d, 0, 0, 0, 0, t.Location())
		at = midnight.Add(t.Sub(midnight) / p.span * p.span)
	}
	for at.Before(t) {
		at = p.next(at)
	}
	return at
}

// next is the instant after at. Spans begin anew at midnight, so that labels stay round on a day of 23 hours.
func (p pitch) next(at time.Time) time.Time {
	y, m, d := at.Date()
	switch {
	case p.months > 0:
		return time.Date(y, m+time.Month(p.months), 1, 0, 0, 0, 0, at.Location())
	case p.days > 0:
		return time.Date(y, m, d+p.days, 0, 0, 0, 0, at.Location())
	}
	after := at.Add(p.span)
	if midnight := time.Date(y, m, d+1, 0, 0, 0, 0, at.Location()); after.After(midnight) && midnight.After(at) {
		return midnight
	}
	return after
}

func timeTicks(start, end event.Time, columns int, zone *time.Location, room int) []Tick {
	whole := end.Sub(start)
	least := whole / time.Duration(columns) * time.Duration(min(room, columns)) // no more than whole
	all := pitches()
	chosen := all[len(all)-1]
	for _, p := range all {
		if p.approximate() >= least {
			chosen = p
			break
		}
	}
	var ticks []Tick
	begin := start.Std().In(zone)
	day := ""
	for at := chosen.first(begin); !at.After(end.Std()); at = chosen.next(at) {
		column := int(float64(columns) * float64(at.Sub(begin)) / float64(whole))
		if n := len(ticks); n > 0 && column-ticks[n-1].Column < room {
			continue
		}
		text, date := chosen.text(at, day)
		day = date
		ticks = append(ticks, Tick{min(column, columns-1), text})
	}
	if len(ticks) == 0 {
		ticks = []Tick{{0, start.In(zone)}}
	}
	return ticks
}

// text is the label at an instant, and its date. The date and the zone are said when the day is another than before.
func (p pitch) text(at time.Time, day string) (text, date string) {
	date = at.Format("Jan 2 2006")
	if p.months > 0 || p.days > 0 {
		if day == "" || at.YearDay() < 8 || day[len(day)-4:] != date[len(date)-4:] {
			return date, date
		}
		return at.Format("Jan 2"), date
	}
	clock := "15:04"
	switch {
	case p.span < time.Microsecond:
		clock = "15:04:05.000000000"
	case p.span < time.Millisecond:
		clock = "15:04:05.000000"
	case p.span < time.Second:
		clock = "15:04:05.000"
	case p.span < time.Minute:
		clock = "15:04:05"
	}
	if date == day {
		return at.Format(clock), date
	}
	return at.Format("Jan 2 " + clock + "Z07:00"), date
}
