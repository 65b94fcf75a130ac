package strip

import (
	"strconv"
	"time"

	"asof/engine/event"
)

// Unit says what a column is worth: of a strip by time its width, else its positions.
func (s Strip) unit() string {
	n := len(s.Columns)
	if n == 0 {
		return ""
	}
	if s.Axis == ByTime {
		return width(s.End.Sub(s.Start)/time.Duration(n)) + " per column"
	}
	each := float64(s.To-s.From) / float64(n)
	switch {
	case each == 1:
		return "1 event per column"
	case each > 0 && each < 1:
		return round(1/each) + " columns per event"
	}
	return round(each) + " events per column"
}

// width is a duration in one unit and at most three digits.
func width(d time.Duration) string {
	for _, u := range []struct {
		name string
		span time.Duration
	}{
		{"d", 24 * time.Hour},
		{"h", time.Hour},
		{"min", time.Minute},
		{"s", time.Second},
		{"ms", time.Millisecond},
		{"µs", time.Microsecond},
	} {
		if d >= u.span {
			return round(float64(d)/float64(u.span)) + " " + u.name
		}
	}
	return strconv.FormatInt(int64(d), 10) + " ns"
}

// round is x with as many decimals as three digits allow, and without zeros that say nothing.
func round(x float64) string {
	decimals := 0
	switch {
	case x < 10:
		decimals = 2
	case x < 100:
		decimals = 1
	}
	text := strconv.FormatFloat(x, 'f', decimals, 64)
	if decimals == 0 {
		return text
	}
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}

// Label fills in the peak, the unit and the ticks of a strip whose window and columns are set. Labels stand at least room
// columns apart.
func (s *Strip) Label(zone *time.Location, room int) {
	s.Peak = Peak(s.Columns)
	s.Unit = s.unit()
	s.Ticks = nil
	if len(s.Columns) == 0 || s.To == s.From {
		return
	}
	if s.Axis == ByTime && s.End.After(s.Start) {
		s.Ticks = timeTicks(s.Start, s.End, len(s.Columns), zone, room)
		return
	}
	if s.Axis == ByTime {
		s.Ticks = []Tick{{0, s.Start.In(zone)}}
		return
	}
	s.Ticks = positionTicks(s.From, s.To, s, room)
}

func positionTicks(from, to event.Position, s *Strip, room int) []Tick {
	wanted := max(1, len(s.Columns)/max(room, 1))
	step := niceStep((to - from) / event.Position(wanted))
	var ticks []Tick
	for pos := (from/step + 1) * step; pos <= to; pos += step {
		column := s.ColumnOf(pos)
		if n := len(ticks); n == 0 || column-ticks[n-1].Column >= room {
			ticks = append(ticks, Tick{column, strconv.FormatUint(uint64(pos), 10)})
		}
		if pos+step < pos {
			break
		}
	}
	return ticks
}

// niceStep is 1, 2 or 5 times a power of ten, and at least atLeast.
func niceStep(atLeast event.Position) event.Position {
	for power := event.Position(1); ; power *= 10 {
		for _, digit := range []event.Position{1, 2, 5} {
			if step := digit * power; step >= atLeast || power >= 1e18 {
				return step
			}
		}
	}
}
