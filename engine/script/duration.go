package script

import (
	"asof/engine/value"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// duration is a span of time in exact seconds.
type duration struct{ secs value.Decimal }

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

func (d duration) seconds() value.Decimal { return d.secs }

func (d duration) compare(e duration) int { return d.secs.Cmp(e.secs) }

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
