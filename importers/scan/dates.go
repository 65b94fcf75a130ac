package scan

import (
	"asof/engine/event"
	"asof/engine/ingest"
)

// fieldDates is a mapping's word on dates such as 02/01/2024, which is no field of an event: dmy or mdy.
const fieldDates = "dates"

var dayOrders = map[string]event.DayOrder{"dmy": event.DayFirst, "mdy": event.MonthFirst}

// times reads a column with the order of day and month that is known, else with the one that its dates show: the one in which more
// of them exist, then the one that steps back less often, then, for want of better, the one in which they lie closer together.
func (c *chooser) times(col *Column) times {
	plain := col.times(c.m.Days)
	if c.m.Days != event.DaysUnsaid || plain.read >= plain.unread {
		return plain
	}
	day, month := col.times(event.DayFirst), col.times(event.MonthFirst)
	switch {
	case day.read == plain.read && month.read == plain.read:
		return plain
	case day.read != month.read:
		return either(day.read > month.read, day, month)
	case day.inversions != month.inversions:
		return either(day.inversions < month.inversions, day, month)
	case day.span() != month.span():
		return either(day.span() < month.span(), day, month)
	}
	if c.notes[FieldTime] == "" {
		c.notes[FieldTime] = col.title() + " does not show whether the day or the month comes first: say so with --map dates=dmy or dates=mdy"
	}
	return plain
}

func either(first bool, a, b times) times {
	if first {
		return a
	}
	return b
}

// span is the seconds from the earliest to the latest time.
func (t times) span() int64 {
	from, _ := t.first.Unix()
	to, _ := t.last.Unix()
	return to - from
}

// takeDates keeps the order of day and month in which the log's times were read, and says so.
func (c *chooser) takeDates(seen times) {
	given, found := c.given[fieldDates]
	if seen.days == event.DaysUnsaid {
		return
	}
	c.m.Days = seen.days
	f := ingest.Field{Name: fieldDates, Path: given, Why: "given"}
	if !found {
		f.Guess, f.Path, f.Why = true, "dmy", "the day comes first: otherwise some dates would not exist, would step back or lie further apart"
		if seen.days == event.MonthFirst {
			f.Path, f.Why = "mdy", "the month comes first: otherwise some dates would not exist, would step back or lie further apart"
		}
	}
	c.m.Fields = append(c.m.Fields, f)
}
