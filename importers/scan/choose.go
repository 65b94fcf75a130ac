package scan

import (
	"fmt"
	"strconv"
)

// time takes, among the candidates that hold times: one that varies, then one with a zone, then fewer inversions, then the
// order of the list.
func (c *chooser) time() {
	var best *Column
	var bestSeen times
	guess := false
	for _, name := range c.candidates(FieldTime) {
		col := c.table.find(name)
		if col == nil || c.used[col] {
			continue
		}
		seen := c.times(col)
		if seen.read == 0 || seen.unread > seen.read || name.guess && seen.mereNumbers() {
			continue
		}
		if best == nil || !name.guess && c.betterTime(col, seen, best, bestSeen) {
			best, bestSeen, guess = col, seen, name.guess
		}
	}
	if best == nil {
		best, bestSeen = c.likelyTime()
		guess = true
	}
	if best == nil {
		c.none(FieldTime)
		return
	}
	why := fmt.Sprintf("read in %d of %d records, %s", bestSeen.read, c.table.Records, stepsBack(bestSeen.inversions))
	if bestSeen.zoned < bestSeen.read {
		why += ", without a zone"
	}
	c.take(FieldTime, best.Path, guess, why)
	c.takeDates(bestSeen)
}

func stepsBack(n int) string {
	switch n {
	case 0:
		return "no step back"
	case 1:
		return "1 step back"
	}
	return fmt.Sprintf("%d steps back", n)
}

func (c *chooser) betterTime(a *Column, seen times, b *Column, than times) bool {
	if x, y := a.usual(c.table), b.usual(c.table); x != y {
		return x
	}
	if seen.differ != than.differ {
		return seen.differ
	}
	if x, y := seen.zoned*2 >= seen.read, than.zoned*2 >= than.read; x != y {
		return x
	}
	return seen.inversions < than.inversions
}

// isID wants values that hardly repeat.
func (c *chooser) isID(col *Column) (bool, string) {
	filled, distinct := col.filled(), col.distinct()
	if filled == 0 {
		return false, ""
	}
	if filled < 10 && 2*distinct > filled || 10*distinct >= 9*filled {
		return true, ""
	}
	return false, fmt.Sprintf("is no id: %d values in %d records", distinct, filled)
}

// varies refuses constants: they name nothing. A single record cannot tell.
func (c *chooser) varies(col *Column) (bool, string) {
	filled := col.filled()
	if filled == 0 {
		return false, ""
	}
	if filled > 1 && col.distinct() < 2 {
		return false, "is the same everywhere"
	}
	return true, ""
}

// isType wants values that vary and, in more than a few records, repeat.
func (c *chooser) isType(col *Column) (bool, string) {
	if good, why := c.varies(col); !good {
		return false, why
	}
	if filled := col.filled(); filled >= 50 && 2*col.distinct() > filled {
		return false, "hardly ever repeats"
	}
	if col.grave() {
		return false, "says how grave it is, not what happened"
	}
	return true, ""
}

// constant takes, where nothing that varies would do, a name that can mean nothing else: a log of one stream, or of one type, is
// better told as such than by a guess. Names like kind, key or host say too little for that.
func (c *chooser) constant(field, names string) bool {
	for _, name := range plain(names) {
		if col := c.table.find(name); col != nil && !c.used[col] && c.present(col) && col.distinct() == 1 {
			c.take(field, col.Path, true, fmt.Sprintf("the same in all %d records, and nothing else names a %s", col.filled(), field))
			return true
		}
	}
	return false
}

// typ takes a candidate that varies; else the one type; else the text that looks most like what happened; else how grave it was.
func (c *chooser) typ() {
	if c.tryPick(FieldType, c.isType) || c.tryNames(FieldType, within(typesWithin), c.isType) || c.constant(FieldType, "type event_type") {
		return
	}
	if best := c.likelyType(); best != nil {
		c.take(FieldType, best.Path, true, "a guess: of few values, it changes most from event to event; "+c.because(best, FieldType))
		return
	}
	if c.constant(FieldType, "event_name event message_type payload_type activity op_type") { // a file for each type of event
		return
	}
	for _, col := range c.table.Columns {
		if c.near(col) && !c.used[col] && col.usual(c.table) && col.grave() {
			c.take(FieldType, col.Path, true, fmt.Sprintf("a guess: nothing else says what happened; in %d of %d records", len(col.Rows), c.table.Records))
			return
		}
	}
	c.none(FieldType)
}

// stream takes a candidate that varies; else the one stream; else an id that repeats, for it names what the events are about;
// else such a one in the payload; else the text that repeats best.
func (c *chooser) stream() {
	if c.tryPick(FieldStream, c.varies) ||
		c.constant(FieldStream, "stream_id stream stream_name aggregate_id entity_id case_id issue_id session_id") {
		return
	}
	for _, name := range c.candidates(FieldID) {
		col := c.table.find(name)
		if col == nil || c.used[col] || !c.present(col) {
			continue
		}
		if good, _ := c.varies(col); good && c.repeats(col) {
			c.take(FieldStream, col.Path, true, "a guess: an id that repeats; "+c.because(col, FieldStream))
			return
		}
	}
	if c.tryNames(FieldStream, within(streamsWithin), func(col *Column) (bool, string) { return c.repeats(col), "" }) {
		return
	}
	if best := c.likelyStream(); best != nil {
		c.take(FieldStream, best.Path, true, "a guess: its values repeat; "+c.because(best, FieldStream))
		return
	}
	c.none(FieldStream)
}

// repeats wants 2 to n/2 different values.
func (c *chooser) repeats(col *Column) bool {
	distinct := col.distinct()
	return distinct >= 2 && 2*distinct <= c.table.Records
}

// integers are a column's cells as integers; ok is false if one is none.
func (c *Column) integers() (values []int64, ok bool) {
	for _, cell := range c.Cells {
		n, err := strconv.ParseInt(cell.Text, 10, 64)
		if err != nil {
			return nil, false
		}
		values = append(values, n)
	}
	return values, len(values) > 0
}

// isVersion wants integers that grow within each stream, and not across all of them: those number the source.
func (c *chooser) isVersion(col *Column) (bool, string) {
	values, ok := col.integers()
	if !ok {
		return false, ""
	}
	streams := c.table.at(c.m.Path(FieldStream))
	if streams == nil {
		return false, "numbers no stream"
	}
	texts := streams.byRow()
	last := map[string]int64{}
	pairs, grow := 0, 0
	for i, row := range col.Rows {
		stream := texts[row]
		if before, seen := last[stream]; seen {
			if pairs++; values[i] > before {
				grow++
			}
		}
		last[stream] = values[i]
	}
	switch {
	case 100*grow < 95*pairs:
		return false, "does not grow within its stream"
	case len(last) > 1 && isSerial(values) && !col.called("version"):
		return false, "" // numbers the source, and is chosen as its sequence
	case pairs == 0 && len(values) > 1 && col.distinct() < 2:
		return false, "is the same everywhere"
	}
	return true, ""
}

// byRow is the text of each row that has one.
func (c *Column) byRow() map[int32]string {
	texts := make(map[int32]string, len(c.Rows))
	for i, row := range c.Rows {
		texts[row] = c.Cells[i].Text
	}
	return texts
}

// isSerial reports whether values only grow, or only shrink.
func isSerial(values []int64) bool {
	up, down := 0, 0
	for i := 1; i < len(values); i++ {
		if values[i] > values[i-1] {
			up++
		} else if values[i] < values[i-1] {
			down++
		}
	}
	return len(values) > 1 && (up == len(values)-1 || down == len(values)-1)
}

// isSequence wants integers that do not repeat; those of a less telling name must also stand in order.
func (c *chooser) isSequence(col *Column) (bool, string) {
	values, ok := col.integers()
	if !ok || len(values) < 2 || len(values) < c.table.Records {
		return false, ""
	}
	if col.distinct() < len(values) {
		return false, "repeats"
	}
	for _, sure := range []string{"globalposition", "globalindex", "seqid", "seq"} {
		if col.called(sure) {
			return true, ""
		}
	}
	return isSerial(values), ""
}

func (c *chooser) isRecorded(col *Column) (bool, string) {
	seen := c.times(col)
	return seen.read > 0 && seen.unread <= seen.read, ""
}

// isData wants a payload: anything under the names that say so, lists and objects under the others.
func (c *chooser) isData(col *Column) (bool, string) {
	if col.called("data") || col.called("payload") {
		return true, ""
	}
	texts := col.jsonTexts()
	if col.called("value") || col.called("message") || col.called("@message") {
		return 2*texts >= c.table.Records, "" // which are no payload but where they carry one
	}
	return texts+col.holds(Object)+col.holds(Array) > 0, ""
}

func differing(n int) string {
	if n == 1 {
		return "1 value"
	}
	return fmt.Sprintf("%d different values", n)
}
