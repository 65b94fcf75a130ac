package script

import (
	"time"

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
