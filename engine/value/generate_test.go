package value

import (
	"pgregory.net/rapid"
)

var someNames = []string{"", "a", "b", "a/b", "~", "~1", "é", "items", "0", "\x00", "a long name that many objects share"}

var someNumbers = []string{
	"0", "-0", "0.0", "1", "1.0", "1e0", "10e-1", "100", "1e2", "1E+2", "-7", "-7.00", "0.1", "1.10", "1.1", "9007199254740993",
	"9007199254740992", "18446744073709551616", "1e400", "10e399", "1e-400", "1e99999999999999999999", "10e99999999999999999998",
	"-1e99999999999999999999", "100e99999999999999999", "1e100000000000000000001",
}

var someTexts = []string{"", "x", "quote \" and \\", "tab\t\x00\x1f\x7f", "snow ☃ 😀", "\u2028", "\xed\xa0\x80", "long enough to have an allocation of its own", "1"}

func scalars() *rapid.Generator[*Node] {
	return rapid.OneOf(
		rapid.Just(Nul()),
		rapid.Map(rapid.Bool(), Boolean),
		rapid.Map(rapid.SampledFrom(someNumbers), Num),
		rapid.Map(rapid.Int64Range(-3, 300), Int),
		rapid.Map(rapid.SampledFrom(someTexts), Str),
		rapid.Map(rapid.String(), Str),
	)
}

func nodes(depth int) *rapid.Generator[*Node] {
	if depth == 0 {
		return scalars()
	}
	return rapid.Custom(func(t *rapid.T) *Node {
		switch rapid.IntRange(0, 4).Draw(t, "shape") {
		case 0:
			return Arr(rapid.SliceOfN(nodes(depth-1), 0, 4).Draw(t, "items")...)
		case 1, 2:
			var members []Member
			for range rapid.IntRange(0, 5).Draw(t, "members") {
				members = append(members, Member{rapid.SampledFrom(someNames).Draw(t, "name"), nodes(depth-1).Draw(t, "value")})
			}
			return Obj(members...)
		}
		return scalars().Draw(t, "scalar")
	})
}

// respelt is the same value in other words: numbers with other digits, members in another order.
func respelt(t *rapid.T, n *Node) *Node {
	switch n.Kind() {
	case Number:
		same := []string{n.Text()}
		for _, other := range someNumbers {
			if equalNumbers(other, n.Text()) {
				same = append(same, other)
			}
		}
		return Num(rapid.SampledFrom(same).Draw(t, "spelling"))
	case Array:
		var items []*Node
		for _, item := range n.Items() {
			items = append(items, respelt(t, item))
		}
		return Arr(items...)
	case Object:
		var members []Member
		for name, kid := range n.Members() {
			members = append(members, Member{name, respelt(t, kid)})
		}
		return Obj(rapid.Permutation(members).Draw(t, "order")...)
	}
	return n
}
