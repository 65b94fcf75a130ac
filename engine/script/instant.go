package script

import (
	"time"
	_ "time/tzdata" // zones are the same on every machine that has none of its own

	"asof/engine/event"
	"asof/engine/value"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// instant is a time as scripts see it: with leap seconds, compared by instant, written as RFC 3339.
type instant struct{ time event.Time }

// timeValue is a time as a script's value; a missing one is None.
func timeValue(t event.Time) starlark.Value {
	if t.IsZero() {
		return starlark.None
	}
	return &instant{t}
}

// String is the time as RFC 3339 text.
func (t *instant) String() string { return t.time.Text() }

// Type is the kind that type(x) answers.
func (t *instant) Type() string { return "time" }

// Freeze does nothing: times are immutable.
func (t *instant) Freeze() {}

// Truth is true: a missing time is None.
func (t *instant) Truth() starlark.Bool { return true }

// Hash goes by the instant.
func (t *instant) Hash() (uint32, error) {
	sec, nsec := t.time.Unix()
	return uint32(sec)*31 ^ uint32(nsec), nil
}

// CompareSameType implements starlark.Comparable, for keys of dicts.
func (t *instant) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	return holds(op, t.time.Compare(y.(*instant).time)), nil
}

// attr reads a field of the calendar, in the time's own zone.
func (t *instant) attr(name string) (starlark.Value, error) {
	std := t.time.Std()
	if t.time.IsLeap() {
		std = std.Add(-time.Second)
	}
	switch name {
	case "year":
		return starlark.MakeInt(std.Year()), nil
	case "month":
		return starlark.MakeInt(int(std.Month())), nil
	case "day":
		return starlark.MakeInt(std.Day()), nil
	case "hour":
		return starlark.MakeInt(std.Hour()), nil
	case "minute":
		return starlark.MakeInt(std.Minute()), nil
	case "second":
		if t.time.IsLeap() {
			return starlark.MakeInt(60), nil
		}
		return starlark.MakeInt(std.Second()), nil
	case "weekday":
		return starlark.MakeInt((int(std.Weekday()) + 6) % 7), nil
	case "date":
		return starlark.String(std.Format(time.DateOnly)), nil
	case "unix":
		sec, nsec := t.time.Unix()
		d, err := secondsOf(sec, int64(nsec))
		return ofNumber(d), err
	}
	return nil, faultf("there are year month day hour minute second weekday date unix", "time has no field %s", name)
}

// duration is a span of time in exact seconds.
type duration struct{ secs value.Decimal }

func (d duration) seconds() value.Decimal { return d.secs }

func (d duration) compare(e duration) int { return d.secs.Cmp(e.secs) }

// String is the span in seconds.
func (d duration) String() string { return d.secs.Text() + "s" }

// Type is the kind that type(x) answers.
func (d duration) Type() string { return "duration" }

// Freeze does nothing: durations are immutable.
func (d duration) Freeze() {}

// Truth is false for no time at all.
func (d duration) Truth() starlark.Bool { return d.secs.Sign() != 0 }

// Hash agrees with the comparison by length.
func (d duration) Hash() (uint32, error) { return uint32(value.Hash(d.secs.Node())), nil }

// CompareSameType implements starlark.Comparable, for keys of dicts.
func (d duration) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	return holds(op, d.compare(y.(duration))), nil
}

// Unary implements starlark.HasUnary.
func (d duration) Unary(op syntax.Token) (starlark.Value, error) {
	switch op {
	case syntax.MINUS:
		return duration{d.secs.Neg()}, nil
	case syntax.PLUS:
		return d, nil
	}
	return nil, nil
}

func (d duration) attr(name string) (starlark.Value, error) {
	if name == "seconds" {
		return ofNumber(d.secs), nil
	}
	return nil, faultf("there is d.seconds", "duration has no field %s", name)
}

// billion is the count of nanoseconds in a second, as a number.
func billion() value.Decimal { return value.FromInt(1_000_000_000) }

func secondsOf(sec, nsec int64) (value.Decimal, error) {
	rest, err := value.FromInt(nsec).Div(billion())
	if err != nil {
		return rest, err
	}
	return value.FromInt(sec).Add(rest)
}

// addTimes is x + y where one of them is a duration.
func addTimes(x, y starlark.Value) (starlark.Value, bool, error) {
	d, ok := y.(duration)
	if !ok {
		if d, ok = x.(duration); !ok {
			return nil, false, nil
		}
		x = y
	}
	switch x := x.(type) {
	case duration:
		sum, err := x.secs.Add(d.secs)
		return duration{sum}, true, numberFault(err)
	case *instant:
		moved, err := move(x.time, d.secs)
		return moved, true, err
	}
	return nil, false, nil
}

// subtractTimes is x - y for times and durations.
func subtractTimes(x, y starlark.Value) (starlark.Value, bool, error) {
	switch x := x.(type) {
	case *instant:
		switch y := y.(type) {
		case *instant:
			xsec, xnsec := x.time.Unix()
			ysec, ynsec := y.time.Unix()
			d, err := secondsOf(xsec-ysec, int64(xnsec)-int64(ynsec))
			return duration{d}, true, err
		case duration:
			moved, err := move(x.time, y.secs.Neg())
			return moved, true, err
		}
	case duration:
		if y, ok := y.(duration); ok {
			d, err := x.secs.Sub(y.secs)
			return duration{d}, true, numberFault(err)
		}
	}
	return nil, false, nil
}

// lastSecond bounds the calendar to the years that RFC 3339 can write.
const (
	firstSecond = -62167219200 // 0000-01-01T00:00:00Z
	lastSecond  = 253402300799 // 9999-12-31T23:59:59Z
)

// move is a time moved by seconds, to the nanosecond below.
func move(t event.Time, by value.Decimal) (starlark.Value, error) {
	whole, err := by.FloorDiv(value.FromInt(1))
	if err != nil {
		return nil, numberFault(err)
	}
	rest, err := by.Sub(whole)
	if err != nil {
		return nil, numberFault(err)
	}
	nanos, err := rest.Mul(billion())
	if err != nil {
		return nil, numberFault(err)
	}
	if nanos, err = nanos.FloorDiv(value.FromInt(1)); err != nil {
		return nil, numberFault(err)
	}
	sec, ok := whole.Int64()
	nsec, _ := nanos.Int64()
	from, fromNsec := t.Unix()
	if !ok || sec > lastSecond-from-2 || sec < firstSecond-from {
		return nil, faultf("", "the time lies outside the years 0 to 9999")
	}
	digits := t.Digits()
	if nsec != 0 {
		digits = 9
	}
	_, _, zone, kind := t.Pack()
	moved := event.Unix(from+sec, int64(fromNsec)+nsec, digits)
	sec, n, _, _ := moved.Pack()
	return &instant{event.Unpack(sec, n, zone, kind&3|uint8(digits+1)<<2)}, nil
}

// scaleDuration is a duration times a number.
func scaleDuration(x, y starlark.Value) (starlark.Value, bool, error) {
	d, ok := x.(duration)
	if !ok {
		if d, ok = y.(duration); !ok {
			return nil, false, nil
		}
		y = x
	}
	if !isNumber(y) {
		return nil, false, nil
	}
	n, err := toNumber(y)
	if err != nil {
		return nil, true, err
	}
	z, err := d.secs.Mul(n)
	return duration{z}, true, numberFault(err)
}

// divideDuration is a duration divided by a number, or by a duration.
func divideDuration(x, y starlark.Value) (starlark.Value, bool, error) {
	d, ok := x.(duration)
	if !ok {
		return nil, false, nil
	}
	if isZero(y) {
		return nil, true, zeroFault("/")
	}
	if e, ok := y.(duration); ok {
		z, err := d.secs.Div(e.secs)
		return ofNumber(z), true, numberFault(err)
	}
	if !isNumber(y) {
		return nil, false, nil
	}
	n, err := toNumber(y)
	if err != nil {
		return nil, true, err
	}
	z, err := d.secs.Div(n)
	return duration{z}, true, numberFault(err)
}

// zones keeps the zones that a runner has looked up.
type zones map[string]*time.Location

func (m *machine) zone(v starlark.Value) (*time.Location, error) {
	name, ok := v.(starlark.String)
	if !ok || name == "" || name == "Local" {
		return nil, faultf(`write a name such as "UTC" or "Europe/Madrid"`, "not a time zone: %s", v)
	}
	if loc := m.zones[string(name)]; loc != nil {
		return loc, nil
	}
	loc, err := time.LoadLocation(string(name))
	if err != nil {
		return nil, faultf(`write a name such as "UTC" or "Europe/Madrid"`, "not a time zone: %s", name)
	}
	if m.zones == nil {
		m.zones = zones{}
	}
	m.zones[string(name)] = loc
	return loc, nil
}

// builtinParseTime is parse_time(text, zone="UTC").
func builtinParseTime(m *machine, args starlark.Tuple) (starlark.Value, error) {
	if t, ok := args[0].(*instant); ok {
		return t, nil
	}
	text, ok := args[0].(starlark.String)
	if !ok {
		return nil, faultf("from_timestamp(n) makes a time of seconds since 1970", "parse_time wants a text, not %s", kindOf(args[0]))
	}
	loc := time.UTC
	if len(args) == 2 {
		var err error
		if loc, err = m.zone(args[1]); err != nil {
			return nil, err
		}
	}
	t, err := event.ParseTime(string(text), loc)
	if err != nil {
		return nil, faultf("", "%v", err)
	}
	return &instant{t}, nil
}

// builtinFromTimestamp is from_timestamp(seconds).
func builtinFromTimestamp(_ *machine, args starlark.Tuple) (starlark.Value, error) {
	n, err := toNumber(args[0])
	if err != nil {
		return nil, err
	}
	return move(event.Unix(0, 0, 0), n)
}

// builtinInZone is in_zone(time, zone): the same instant with another zone's calendar.
func builtinInZone(m *machine, args starlark.Tuple) (starlark.Value, error) {
	t, ok := args[0].(*instant)
	if !ok {
		return nil, faultf("parse_time(s) makes a time of a text", "in_zone wants a time, not %s", kindOf(args[0]))
	}
	loc, err := m.zone(args[1])
	if err != nil {
		return nil, err
	}
	sec, nsec, _, kind := t.time.Pack()
	_, offset := time.Unix(sec, 0).In(loc).Zone()
	return &instant{event.Unpack(sec, nsec, int16(offset/60), kind)}, nil
}
