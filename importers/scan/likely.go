package scan

import (
	"strings"
	"unicode"

	"asof/engine/event"
)

// likelyTime is, for want of a candidate, the best of the columns at the top whose texts are times.
func (c *chooser) likelyTime() (best *Column, bestSeen times) {
	for _, col := range c.table.Columns {
		if !c.near(col) || c.used[col] || !col.usual(c.table) || 2*col.holds(String) < len(col.Rows) {
			continue
		}
		seen := c.times(col)
		if seen.read > 0 && seen.guessed == 0 && seen.unread < seen.read && (best == nil || c.betterTime(col, seen, best, bestSeen)) {
			best, bestSeen = col, seen
		}
	}
	return best, bestSeen
}

// likelyStream is the column of repeating texts in most records, one that is named like an id before all others, then the one
// with the most values. What some other field would take is left to it.
func (c *chooser) likelyStream() *Column {
	var best *Column
	bestScore := 0
	for _, col := range c.table.Columns {
		if !c.near(col) || c.used[col] || c.wanted(col) || !col.usual(c.table) || !c.repeats(col) {
			continue
		}
		named := namesThing(col.Path[len(col.Path)-1])
		if col.holds(String)*2 < len(col.Rows) && !(named && col.holds(Number) > 0) {
			continue
		}
		if seen := c.times(col); seen.read-seen.guessed > seen.unread+seen.guessed {
			continue
		}
		score := col.distinct()
		if named {
			score += c.table.Records + 1
		}
		if score > bestScore {
			best, bestScore = col, score
		}
	}
	return best
}

// wanted reports whether a column is a candidate for a field that is chosen after the stream.
func (c *chooser) wanted(col *Column) bool {
	if col.grave() {
		return true
	}
	for _, field := range []string{FieldType, FieldVersion, FieldSequence, FieldCorrelation, FieldCausation} {
		for _, name := range c.candidates(field) {
			if col.called(name.name) {
				return true
			}
		}
	}
	return false
}

// namesThing reports whether a name ends like the name of a reference.
func namesThing(name string) bool {
	lower := strings.ToLower(name)
	for _, end := range []string{"_id", "-id", " id", "uuid", "guid", "_key", "_ref", "_no", "_nr", "_number", "_name", "identifier"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "ID")
}

// What a type looks like: some words, of which there are few.
const (
	mostTypes     = 64
	longestType   = 64 // bytes
	recordsAValue = 5  // at least this many records for each value, on average
)

// likelyType is the column of few short texts that changes most often from one event of a stream to the next: what happened changes,
// what it happened to, and where, do so less. Of equals the first.
func (c *chooser) likelyType() *Column {
	streams := make(map[int32]string)
	if col := c.table.at(c.m.Path(FieldStream)); col != nil {
		streams = col.byRow()
	}
	var best *Column
	bestShare := 0.0
	for _, col := range c.table.Columns {
		if !c.near(col) || c.used[col] || !col.usual(c.table) || col.grave() || !col.looksLikeTypes() {
			continue
		}
		if share := col.changes(streams); share > bestShare {
			best, bestShare = col, share
		}
	}
	return best
}

// looksLikeTypes wants short texts with a letter, few of them, each repeated.
func (c *Column) looksLikeTypes() bool {
	filled, distinct := c.filled(), c.distinct()
	if 2*c.holds(String) < len(c.Rows) || distinct < 2 || distinct > mostTypes || filled < recordsAValue*distinct {
		return false
	}
	for _, cell := range c.Cells {
		if cell.scalar() && (len(cell.Text) > longestType || !strings.ContainsFunc(cell.Text, unicode.IsLetter)) {
			return false
		}
	}
	return c.times(event.DayFirst).read == 0 && c.times(event.MonthFirst).read == 0
}

// changes is the share of neighbours in a stream whose texts differ.
func (c *Column) changes(streams map[int32]string) float64 {
	last := map[string]string{}
	pairs, differ := 0, 0
	for i, row := range c.Rows {
		stream, text := streams[row], c.Cells[i].Text
		if before, seen := last[stream]; seen {
			if pairs++; before != text {
				differ++
			}
		}
		last[stream] = text
	}
	return float64(differ) / float64(max(pairs, 1))
}
