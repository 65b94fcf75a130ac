package script

import (
	"go.starlark.net/starlark"
)

// slice is x[lo:hi:step] of a text, list or tuple; a slice of a document's list is a list of the script's own.
func (m *machine) slice(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	x := args[0]
	if x == starlark.None {
		return x, nil
	}
	if list, ok := x.(*listView); ok {
		items, err := m.elements(list)
		if err != nil {
			return nil, err
		}
		x = starlark.NewList(items)
	}
	sliceable, ok := x.(starlark.Sliceable)
	if !ok {
		return nil, faultf("", "%s cannot be sliced", kindOf(x))
	}
	n := sliceable.Len()
	step := 1
	if args[3] != starlark.None {
		s, err := starlark.AsInt32(wholeOr(args[3]))
		if err != nil || s == 0 {
			return nil, faultf("", "the step of a slice is a whole number, and not 0")
		}
		step = s
	}
	start, end, err := bounds(args[1], args[2], n, step > 0)
	if err != nil {
		return nil, err
	}
	if _, ok := x.(starlark.String); !ok || step != 1 {
		if err := m.charge(16 * n); err != nil {
			return nil, err
		}
	}
	if err := m.work(n / 16); err != nil {
		return nil, err
	}
	return sliceable.Slice(start, end, step), nil
}

// bounds are where a slice starts and what it stops before.
func bounds(lo, hi starlark.Value, n int, forward bool) (start, end int, err error) {
	if start, err = bound(lo, n, forward, true); err != nil {
		return 0, 0, err
	}
	if end, err = bound(hi, n, forward, false); err != nil {
		return 0, 0, err
	}
	if forward {
		return start, max(start, end), nil
	}
	return start, min(start, end), nil
}

func bound(v starlark.Value, n int, forward, first bool) (int, error) {
	low, high := 0, n
	if !forward {
		low, high = -1, n-1
	}
	if v == starlark.None {
		if first == forward {
			return low, nil
		}
		return high, nil
	}
	whole, ok := wholeOr(v).(starlark.Int)
	if !ok {
		return 0, faultf("", "the bounds of a slice are whole numbers, not %s", kindOf(v))
	}
	i, ok := whole.Int64()
	switch {
	case !ok && whole.Sign() < 0:
		return low, nil
	case !ok:
		return high, nil
	case i < 0:
		i += int64(n)
	}
	return int(max(int64(low), min(i, int64(high)))), nil
}
