package expr

import (
	"math"
	"strconv"

	"asof/engine/asof"
	"asof/engine/value"
)

// Start is what has to be written for a condition to begin to hold: it does where one of its terms does, and a term where a value is
// written for which it holds, or which it cannot be asked about.
type Start []startOf

type startOf struct {
	term      Term
	test      *test
	low, high float64 // between which the constant lies, if it is a number
}

// Start is nil if nothing can be said: the condition is not of the state alone, or not of terms joined by "and" and "or".
func (c *Cond) Start() Start {
	f := pushed(c.formula, false)
	if !c.OfState() || !prunable(f) {
		return nil
	}
	return starts(nil, f)
}

func starts(list Start, f *Formula) Start {
	for _, kid := range f.Kids {
		list = starts(list, kid)
	}
	if f.Op != "term" {
		return list
	}
	one := startOf{term: f.Term, test: termTest(f.Term)}
	if f.Term.Const.Kind() == value.Number {
		one.low, one.high = around(f.Term.Const.Text())
	}
	return append(list, one)
}

// May reports whether the condition may begin to hold where so much was written at each path.
func (s Start) May(stat func(value.Pointer) (asof.SegmentStat, error)) (bool, error) {
	for i := range s {
		written, err := stat(s[i].term.Path)
		if err != nil || s[i].may(&written) {
			return err == nil, err
		}
	}
	return false, nil
}

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

// may reports whether one of the values that were written may make a term hold, or fail.
func (t *startOf) may(s *asof.SegmentStat) bool {
	test, want := t.test, t.term.Const.Kind()
	if s.Partly || test == nil || test.compare(nil) != no {
		return true // something is not known, or the term holds of what is missing
	}
	if s.Count == 0 {
		return false
	}
	has := func(k value.Kind) bool { return s.Kinds>>k&1 != 0 }
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
	case want == value.String && test.op == opEqual:
		return s.Texts.May(t.term.Const.Text())
	case want != value.Number:
		return true
	}
	switch test.op {
	case opLess, opLessEqual:
		return s.Min <= t.high
	case opMore, opMoreEqual:
		return s.Max >= t.low
	}
	return s.Min <= t.high && s.Max >= t.low
}

// around are two floats between which a number lies.
func around(text string) (low, high float64) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.Inf(-1), math.Inf(1)
	}
	return math.Nextafter(f, math.Inf(-1)), math.Nextafter(f, math.Inf(1))
}
