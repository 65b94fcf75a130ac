package script

import (
	"math/bits"
	"slices"

	"asof/engine/event"
	"asof/engine/value"

	"go.starlark.net/starlark"
)

// named reads the named arguments that a builtin knows.
func named(fn string, kwargs []starlark.Tuple, known map[string]*starlark.Value) error {
	for _, pair := range kwargs {
		name := string(pair[0].(starlark.String))
		to := known[name]
		if to == nil {
			return faultf("", "%s has no argument named %s", fn, name)
		}
		*to = pair[1]
	}
	return nil
}

// keyed is an item and what it is sorted by.
type keyed struct{ item, key starlark.Value }

func (m *machine) keyedItems(items []starlark.Value, fn starlark.Value) ([]keyed, error) {
	if err := m.charge(32 * len(items)); err != nil {
		return nil, err
	}
	out := make([]keyed, len(items))
	for i, item := range items {
		out[i] = keyed{item, item}
		if fn == nil || fn == starlark.None {
			continue
		}
		key, err := starlark.Call(m.thread, fn, starlark.Tuple{item}, nil)
		if err != nil {
			return nil, err
		}
		out[i].key = key
	}
	return out, nil
}

// orderKeys compares two keys; None has no place in an order.
func (m *machine) orderKeys(fn string, x, y starlark.Value) (int, error) {
	if x == starlark.None || y == starlark.None {
		return 0, faultf("leave them out first, or give a key", "%s cannot order None", fn)
	}
	return m.order("and", x, y, 0)
}

// builtinSorted is sorted(x, key=f, reverse=False), stable.
func builtinSorted(m *machine, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key starlark.Value
	var reverse starlark.Value = starlark.False
	if err := named("sorted", kwargs, map[string]*starlark.Value{"key": &key, "reverse": &reverse}); err != nil {
		return nil, err
	}
	items, err := m.elements(args[0])
	if err != nil {
		return nil, err
	}
	pairs, err := m.keyedItems(items, key)
	if err != nil {
		return nil, err
	}
	if err := m.work(len(items) * bits.Len(uint(len(items)))); err != nil {
		return nil, err
	}
	var failed error
	slices.SortStableFunc(pairs, func(a, b keyed) int {
		if failed != nil {
			return 0
		}
		c, err := m.orderKeys("sorted", a.key, b.key)
		if err != nil {
			failed = err
		}
		if reverse.Truth() {
			return -c
		}
		return c
	})
	if failed != nil {
		return nil, failed
	}
	for i := range pairs {
		items[i] = pairs[i].item
	}
	return starlark.NewList(items), nil
}

func builtinMin(m *machine, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return m.extreme("min", -1, args, kwargs)
}

func builtinMax(m *machine, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return m.extreme("max", 1, args, kwargs)
}

// extreme is min and max, of a list or of several arguments; the first of equals wins.
func (m *machine) extreme(fn string, sign int, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key, fallback starlark.Value
	if err := named(fn, kwargs, map[string]*starlark.Value{"key": &key, "default": &fallback}); err != nil {
		return nil, err
	}
	items := []starlark.Value(args)
	if len(args) == 1 {
		var err error
		if items, err = m.elements(args[0]); err != nil {
			return nil, err
		}
	}
	if len(items) == 0 {
		if fallback != nil {
			return fallback, nil
		}
		return nil, faultf(fn+"(x, default=0) answers the default then", "%s of nothing", fn)
	}
	pairs, err := m.keyedItems(items, key)
	if err != nil {
		return nil, err
	}
	best := pairs[0]
	for _, pair := range pairs[1:] {
		if err := m.work(1); err != nil {
			return nil, err
		}
		c, err := m.orderKeys(fn, pair.key, best.key)
		if err != nil {
			return nil, err
		}
		if c*sign > 0 {
			best = pair
		}
	}
	if len(pairs) == 1 && best.key == starlark.None {
		return nil, faultf("leave them out first, or give a key", "%s cannot order None", fn)
	}
	return best.item, nil
}

// builtinDuration is duration(seconds, minutes=, hours=, days=).
func builtinDuration(_ *machine, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	zero := starlark.Value(starlark.MakeInt(0))
	seconds, minutes, hours, days := zero, zero, zero, zero
	if len(args) == 1 {
		seconds = args[0]
	}
	known := map[string]*starlark.Value{"seconds": &seconds, "minutes": &minutes, "hours": &hours, "days": &days}
	if err := named("duration", kwargs, known); err != nil {
		return nil, err
	}
	total := value.FromInt(0)
	for i, part := range []starlark.Value{seconds, minutes, hours, days} {
		n, err := toNumber(part)
		if err != nil {
			return nil, err
		}
		if n, err = n.Mul(value.FromInt([]int64{1, 60, 3600, 86400}[i])); err != nil {
			return nil, numberFault(err)
		}
		if total, err = total.Add(n); err != nil {
			return nil, numberFault(err)
		}
	}
	return duration{total}, nil
}

// builtinReplace is replace(event, type=…, data=…, metadata=…): a copy of the event that says something else there.
func builtinReplace(m *machine, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	old, ok := args[0].(*eventView)
	if !ok {
		return nil, faultf("", "replace wants an event, not %s", kindOf(args[0]))
	}
	changed := *old.event
	for _, pair := range kwargs {
		switch name := string(pair[0].(starlark.String)); name {
		case "type":
			text, ok := pair[1].(starlark.String)
			if !ok {
				return nil, faultf("", "an event's type is a text, not %s", kindOf(pair[1]))
			}
			changed.Type = string(text)
		case "data", "metadata":
			part, err := m.part(pair[1])
			if err != nil {
				return nil, err
			}
			if name == "data" {
				changed.Payload = part
			} else {
				changed.Meta = part
			}
		default:
			return nil, faultf("", "replace changes type, data and metadata, not %s", name)
		}
	}
	return &eventView{m: m, event: &changed}, m.charge(300)
}

// part is a value as the JSON text of an event's part.
func (m *machine) part(v starlark.Value) (event.Part, error) {
	if v == starlark.None {
		return event.Part{}, nil
	}
	n, err := m.store(v)
	if err != nil {
		return event.Part{}, err
	}
	return event.Built(n.JSON()), nil
}
