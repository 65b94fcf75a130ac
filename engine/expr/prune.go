package expr

import (
	"math"
	"strconv"

	"asof/engine/asof"
	"asof/engine/value"
)

// Prunable reports whether MayBegin can say anything: the condition is of the state alone, and of terms joined by "and" and "or".
func (c *Cond) Prunable() bool { return c.OfState() && prunable(pushed(c.formula, false)) }

// pushed moves every "not" of a formula inwards: twice, it is gone, and == and != are each the other's opposite.
func pushed(f *Formula, not bool) *Formula {
	switch {
	case f.Op == "not":
		return pushed(f.Kids[0], !not)
	case f.Op == "and" || f.Op == "or":
		out := &Formula{Op: f.Op}
		if not {
			out.Op = map[string]string{"and": "or", "or": "and"}[f.Op]
		}
		for _, kid := range f.Kids {
			out.Kids = append(out.Kids, pushed(kid, not))
		}
		return out
	case !not:
		return f
	}
	if opposite, ok := map[string]string{"==": "!=", "!=": "=="}[f.Term.Op]; ok && f.Op == "term" {
		term := f.Term
		term.Op = opposite
		return &Formula{Op: "term", Term: term}
	}
	return &Formula{Op: "not", Kids: []*Formula{f}}
}

func prunable(f *Formula) bool {
	switch f.Op {
	case "term":
		return f.Term.Name == "state" && f.Term.Path != ""
	case "and", "or":
		for _, kid := range f.Kids {
			if !prunable(kid) {
				return false
			}
		}
		return true
	}
	return false
}

// MayBegin reports whether a prunable condition may begin to hold in a segment, by what that has written at each path: it begins
// to hold where one of its terms does, and a term where a value is written for which it holds. It also may where a value is
// written that the condition cannot be asked about.
func (c *Cond) MayBegin(stat func(value.Pointer) (asof.SegmentStat, error)) (bool, error) {
	return mayBegin(pushed(c.formula, false), stat)
}

func mayBegin(f *Formula, stat func(value.Pointer) (asof.SegmentStat, error)) (bool, error) {
	if f.Op == "term" {
		s, err := stat(f.Term.Path)
		return err == nil && mayWrite(f.Term, s), err
	}
	for _, kid := range f.Kids {
		if may, err := mayBegin(kid, stat); may || err != nil {
			return may, err
		}
	}
	return false, nil
}

// mayWrite reports whether one of the values that a segment wrote may make a term hold, or fail.
func mayWrite(t Term, s asof.SegmentStat) bool {
	test := termTest(t)
	if s.Partly || test == nil || test.compare(nil) != no {
		return true // something is not known, or the term holds of what is missing
	}
	if s.Count == 0 {
		return false
	}
	has := func(k value.Kind) bool { return s.Kinds>>k&1 != 0 }
	want := t.Const.Kind()
	if test.op >= opLess {
		for _, k := range []value.Kind{value.Bool, value.Number, value.String, value.Array, value.Object} {
			if k != want && has(k) {
				return want != value.Null // is in no order: that is an error, but for None
			}
		}
	}
	switch {
	case test.op == opUnequal:
		return true
	case !has(want):
		return false
	case want != value.Number:
		return true
	}
	low, high := around(t.Const.Text())
	switch test.op {
	case opLess, opLessEqual:
		return s.Min <= high
	case opMore, opMoreEqual:
		return s.Max >= low
	}
	return s.Min <= high && s.Max >= low
}

// around are two floats between which a number lies.
func around(text string) (low, high float64) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.Inf(-1), math.Inf(1)
	}
	return math.Nextafter(f, math.Inf(-1)), math.Nextafter(f, math.Inf(1))
}
