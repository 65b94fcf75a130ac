package script

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// inner is the part that values of ours behind generated globals have in common. Scripts never hold one of them.
type inner struct{}

func (inner) Type() string          { return "operator" }
func (inner) Freeze()               {}
func (inner) Truth() starlark.Bool  { return true }
func (inner) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: operator") }
func (inner) String() string        { return "operator" }

// binaryFunc computes x op y.
type binaryFunc func(m *machine, x, y starlark.Value) (starlark.Value, error)

// operator takes its left operand and waits for the right one; see rewriting.
type operator struct {
	inner
	m       *machine
	waiting *pending
}

// pending is an operator whose left operand lies on the operand stack.
type pending struct {
	inner
	m  *machine
	do binaryFunc
}

func newOperator(m *machine, symbol string) *operator {
	return &operator{m: m, waiting: &pending{m: m, do: binaryFor(symbol)}}
}

// Binary implements starlark.HasBinary: x is the left operand.
func (o *operator) Binary(_ syntax.Token, x starlark.Value, _ starlark.Side) (starlark.Value, error) {
	o.m.operands = append(o.m.operands, x)
	return o.waiting, nil
}

// Binary implements starlark.HasBinary: y is the right operand.
func (p *pending) Binary(_ syntax.Token, y starlark.Value, _ starlark.Side) (starlark.Value, error) {
	last := len(p.m.operands) - 1
	x := p.m.operands[last]
	p.m.operands[last] = nil
	p.m.operands = p.m.operands[:last]
	return p.do(p.m, x, y)
}

// binaryFor is what an operator does. The rewriting gives no symbol that is not here.
func binaryFor(symbol string) binaryFunc {
	switch symbol {
	case "+":
		return (*machine).add
	case "+=":
		return (*machine).addInPlace
	case "-", "-=":
		return (*machine).subtract
	case "*", "*=":
		return (*machine).multiply
	case "/", "/=":
		return (*machine).divide
	case "//", "//=":
		return (*machine).floorDivide
	case "%", "%=":
		return (*machine).modulo
	case "==":
		return func(m *machine, x, y starlark.Value) (starlark.Value, error) { return m.equals(x, y, true) }
	case "!=":
		return func(m *machine, x, y starlark.Value) (starlark.Value, error) { return m.equals(x, y, false) }
	case "in":
		return func(m *machine, x, y starlark.Value) (starlark.Value, error) { return m.contains(x, y, true) }
	case "not in":
		return func(m *machine, x, y starlark.Value) (starlark.Value, error) { return m.contains(x, y, false) }
	case "[]":
		return (*machine).readIndex
	}
	return orderingOrBits(symbol)
}

func orderingOrBits(symbol string) binaryFunc {
	for _, op := range [...]syntax.Token{syntax.LT, syntax.LE, syntax.GT, syntax.GE} {
		if op.String() == symbol {
			return func(m *machine, x, y starlark.Value) (starlark.Value, error) {
				ok, err := m.ordered(op, x, y)
				return starlark.Bool(ok), err
			}
		}
	}
	for op := syntax.AMP; op <= syntax.GTGT; op++ {
		if op.String() == symbol {
			return func(m *machine, x, y starlark.Value) (starlark.Value, error) { return m.bits(op, x, y) }
		}
	}
	for op := syntax.AMP_EQ; op <= syntax.GTGT_EQ; op++ {
		if op.String() == symbol {
			plain := op - syntax.AMP_EQ + syntax.AMP
			return func(m *machine, x, y starlark.Value) (starlark.Value, error) { return m.bits(plain, x, y) }
		}
	}
	return func(_ *machine, x, y starlark.Value) (starlark.Value, error) {
		return nil, faultf("", "unknown operator %s between %s and %s", symbol, kindOf(x), kindOf(y))
	}
}

// bits computes & | ^ << >> on whole numbers, and the union of dicts.
func (m *machine) bits(op syntax.Token, x, y starlark.Value) (starlark.Value, error) {
	if dx, ok := x.(*starlark.Dict); ok {
		if dy, ok := y.(*starlark.Dict); ok {
			if err := m.charge(100 * (dx.Len() + dy.Len())); err != nil {
				return nil, err
			}
			return starlark.Binary(op, dx, dy)
		}
	}
	x, y = wholeOr(x), wholeOr(y)
	xi, xok := x.(starlark.Int)
	yi, yok := y.(starlark.Int)
	if !xok || !yok {
		return nil, m.operandFault(op.String(), x, y)
	}
	z, err := starlark.Binary(op, xi, yi)
	if err != nil {
		return nil, err
	}
	return m.checkInt(z.(starlark.Int))
}

// sign computes -x, +x and ~x.
type sign struct {
	inner
	m  *machine
	op syntax.Token
}

func signToken(symbol string) syntax.Token {
	for _, op := range [...]syntax.Token{syntax.MINUS, syntax.TILDE} {
		if op.String() == symbol {
			return op
		}
	}
	return syntax.PLUS
}

// Binary implements starlark.HasBinary: x is the operand.
func (s *sign) Binary(_ syntax.Token, x starlark.Value, _ starlark.Side) (starlark.Value, error) {
	if d, ok := x.(*decimal); ok {
		if err := s.m.work(len(d.text)); err != nil {
			return nil, err
		}
	}
	if signed, ok := x.(starlark.HasUnary); ok {
		if z, err := signed.Unary(s.op); z != nil || err != nil {
			return z, err
		}
	}
	hint := ""
	if x == starlark.None {
		hint = "a missing field reads as None; write (x or 0)"
	}
	return nil, faultf(hint, "cannot compute %s%s", s.op, kindOf(x))
}

// weight counts what the script has just made.
type weight struct {
	inner
	m    *machine
	size int64
}

// Binary implements starlark.HasBinary: x is what was made.
func (w *weight) Binary(_ syntax.Token, x starlark.Value, _ starlark.Side) (starlark.Value, error) {
	return x, w.m.charge(int(w.size))
}

// keyCheck checks a key before the interpreter hashes it: hashing a tuple of tuples of tuples could take for ever. It counts
// what the entry will need, and makes whole decimals into whole numbers, so that 1 and 1.0 are one key.
type keyCheck struct {
	inner
	m *machine
}

// Binary implements starlark.HasBinary: x is the key.
func (k *keyCheck) Binary(_ syntax.Token, x starlark.Value, _ starlark.Side) (starlark.Value, error) {
	if err := k.m.charge(100); err != nil {
		return nil, err
	}
	return k.m.key(x, 0)
}

func (m *machine) key(x starlark.Value, depth int) (starlark.Value, error) {
	switch x := x.(type) {
	case starlark.String:
		return x, m.workText(len(x))
	case starlark.Int, starlark.Bool, starlark.NoneType, *instant, duration:
		return x, nil
	case *decimal:
		return wholeOr(x), nil
	case starlark.Tuple:
		if depth >= 4 || len(x) > 64 {
			return nil, faultf("join the parts into a text", "a key of this size is not allowed")
		}
		out := make(starlark.Tuple, len(x))
		for i := range x {
			part, err := m.key(x[i], depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = part
		}
		return out, nil
	}
	return nil, faultf("", "%s cannot be a key", kindOf(x))
}

// spread turns what stands behind * or ** in a call into something of counted size.
type spread struct {
	inner
	m     *machine
	pairs bool
}

// Binary implements starlark.HasBinary: x is what is spread.
func (s *spread) Binary(_ syntax.Token, x starlark.Value, _ starlark.Side) (starlark.Value, error) {
	if s.pairs {
		return s.m.dictOf(x)
	}
	items, err := s.m.elements(x)
	return starlark.Tuple(items), err
}
