package scan

import (
	"slices"
	"strings"
)

// wrapping is the name of the member that holds the event where the records only wrap it, as the answers of search engines, change
// data capture and webhooks do: no time stands beside it, and one inside, but in no other member. It is "" if the records are the events.
func (c *chooser) wrapping() string {
	if _, found := c.given[FieldTime]; found || c.hasTime("") {
		return ""
	}
	found := ""
	for _, col := range c.table.Columns {
		if len(col.Path) == 1 && 2*col.holds(Object) >= c.table.Records && c.hasTime(col.Path[0]) {
			if found != "" {
				return ""
			}
			found = col.Path[0]
		}
	}
	return found
}

// hasTime reports whether a candidate, or a column of the table that is one by its looks, is a time; inside the member of that name,
// if it is not "".
func (c *chooser) hasTime(inside string) bool {
	for _, name := range candidates(FieldTime) {
		if inside != "" {
			name.name = normal(inside) + "/" + name.name
		}
		if col := c.table.find(name); col != nil && col.usual(c.table) {
			if seen := c.times(col); seen.read > seen.unread && !(name.guess && seen.mereNumbers()) {
				return true
			}
		}
	}
	if inside != "" {
		return false
	}
	best, _ := c.likelyTime()
	return best != nil
}

// candidates are the names of a field: those at the top, then, as guesses, those in the envelope.
func (c *chooser) candidates(field string) []candidate {
	all := candidates(field)
	if c.envelope == "" {
		return all
	}
	prefix := normal(c.envelope)
	for _, name := range slices.Clip(all) {
		all = append(all, candidate{prefix + "/" + name.name, true})
	}
	if field == FieldData && !slices.ContainsFunc(all, func(c candidate) bool { return c.name == prefix }) {
		all = append(all, candidate{prefix, true})
	}
	return all
}

// near reports whether a column is at the top, or right inside the envelope.
func (c *chooser) near(col *Column) bool {
	depth := len(col.Path)
	if col.boxed() {
		depth--
	}
	return depth == 1 || depth == 2 && c.envelope != "" && col.Path[0] == c.envelope
}

// mereNumbers reports whether times were read of bare numbers alone, and of numbers so small that they count something else: they
// would all lie before 1980.
func (t times) mereNumbers() bool {
	const year1980 = 315532800
	last, _ := t.last.Unix()
	return t.guessed == t.read && last < year1980
}

// allDiffer reports whether no text comes twice, in more than a few records.
func (c *Column) allDiffer() bool {
	filled := c.filled()
	return filled >= 5 && c.distinct() == filled
}

// grave reports whether a column says how grave an event is: by its name, or by nothing but the words for that.
func (c *Column) grave() bool {
	for _, name := range []string{"level", "severity", "loglevel", "lvl", "severitytext", "@l", "priority"} {
		if normal(c.Path[len(c.Path)-1]) == name {
			return true
		}
	}
	some := false
	for _, cell := range c.Cells {
		if !cell.scalar() {
			continue
		}
		switch strings.ToLower(cell.Text) {
		case "trace", "verbose", "debug", "info", "information", "notice", "normal", "warn", "warning", "err", "error", "critical", "crit", "fatal", "alert", "panic", "emerg":
			some = true
		default:
			return false
		}
	}
	return some
}
