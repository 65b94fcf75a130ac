package scan

import (
	"fmt"
	"regexp"

	"asof/engine/event"
)

// FieldClock is a mapping's word for what has the time of day to the date that the time's path has. It is no field of an event.
const FieldClock = "clock"

// timeOfDay is how such a column's cells look.
var timeOfDay = regexp.MustCompile(`^[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?[AaPp][Mm])?( ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?$`)

// halves are the two parts of a record's time.
type halves struct {
	date, clock string
	kind        Kind // of the date
}

// join makes the event's time of the parts, and forgets them. A date alone is a time too.
func (h *halves) join(e *event.Event, c *Clock) {
	if h.date != "" {
		text := h.date
		if h.clock != "" {
			text, h.kind = text+" "+h.clock, String
		}
		t, mark := c.TimeOf(text, h.kind)
		e.Time = t
		e.Marks |= mark
	}
	*h = halves{}
}

// takeClock finds the times of day that belong to a column of mere dates: those that are given, else the first column of them.
func (c *chooser) takeClock(dates *Column) error {
	path, found := c.given[FieldClock]
	if found && path == "" {
		return nil
	}
	if found {
		col := c.table.lookup(path)
		if dates == nil || col == nil && c.table.Records > 0 {
			return fmt.Errorf("mapping: clock=%s names what has the time of day to the dates of time=…: the first records have no such field", path)
		}
		c.take(FieldClock, c.table.resolve(path), false, "given")
		return nil
	}
	if dates == nil || !dates.onlyDates(c) {
		return nil
	}
	for _, col := range c.table.Columns {
		if !c.used[col] && c.near(col) && col.onlyClocks() && col.usual(c.table) {
			c.take(FieldClock, col.Path, true, "times of day, beside dates without one in "+dates.title())
			return nil
		}
	}
	return nil
}

// onlyDates reports whether all of the column's times are days.
func (c *Column) onlyDates(by *chooser) bool {
	days := by.m.Days
	for _, cell := range c.Cells {
		if !cell.scalar() || cell.Text == "" {
			continue
		}
		clock := Clock{Days: days}
		if t, mark := clock.TimeOf(cell.Text, cell.Kind); mark != 0 || t.Digits() >= 0 {
			return false
		}
	}
	return len(c.Cells) > 0
}

func (c *Column) onlyClocks() bool {
	some := false
	for _, cell := range c.Cells {
		if !cell.scalar() || cell.Text == "" {
			continue
		}
		if !timeOfDay.MatchString(cell.Text) {
			return false
		}
		some = true
	}
	return some
}
