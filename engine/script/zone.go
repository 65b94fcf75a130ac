package script

import (
	"time"
	_ "time/tzdata" // zones are the same on every machine that has none of its own

	"asof/engine/event"

	"go.starlark.net/starlark"
)

// zones keeps the zones that a runner has looked up.
type zones map[string]*time.Location

func (m *machine) zone(v starlark.Value) (*time.Location, error) {
	name, ok := v.(starlark.String)
	if !ok || name == "" || name == "Local" {
		return nil, faultf(`write a name such as "UTC" or "Europe/Madrid"`, "not a time zone: %s", kindOf(v))
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
