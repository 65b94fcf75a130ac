package value

import (
	"cmp"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
)

// Equal reports whether two values are the same: numbers by value (1, 1.0 and 1e0 are equal, and so are 0 and -0), objects
// whatever the order of their members. An absent value equals only an absent one.
func Equal(a, b *Node) bool {
	if a == b {
		return true
	}
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.kind {
	case Number:
		return equalNumbers(a.text, b.text)
	case Array:
		return slices.EqualFunc(a.body.kids, b.body.kids, Equal)
	case Object:
		return equalObjects(a, b)
	}
	return a.text == b.text
}

func equalObjects(a, b *Node) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i, kid := range a.body.kids {
		if kid == nil {
			continue
		}
		name := a.body.names[i]
		if i < len(b.body.names) && b.body.names[i] == name && b.body.kids[i] != nil {
			if !Equal(kid, b.body.kids[i]) {
				return false
			}
		} else if other := b.Get(name); other == nil || !Equal(kid, other) {
			return false
		}
	}
	return true
}

// Compare orders values: absent, null, false, true, numbers by value, strings by bytes, arrays item by item, objects
// as the lists of their members sorted by name. It is 0 exactly when Equal.
func Compare(a, b *Node) int {
	if c := cmp.Compare(a.Kind(), b.Kind()); c != 0 || a == b {
		return c
	}
	switch a.kind {
	case Number:
		if a.text == b.text {
			return 0
		}
		return canonOf(a.text).compare(canonOf(b.text))
	case Array:
		return slices.CompareFunc(a.body.kids, b.body.kids, Compare)
	case Object:
		return compareObjects(a, b)
	}
	return strings.Compare(a.text, b.text)
}

func compareObjects(a, b *Node) int {
	return slices.CompareFunc(sortedSlots(a.body), sortedSlots(b.body), func(x, y Member) int {
		if c := strings.Compare(x.Name, y.Name); c != 0 {
			return c
		}
		return Compare(x.Value, y.Value)
	})
}

func sortedSlots(b *body) []Member {
	members := make([]Member, 0, len(b.kids))
	for i, kid := range b.kids {
		if kid != nil {
			members = append(members, Member{b.names[i], kid})
		}
	}
	slices.SortFunc(members, func(x, y Member) int { return strings.Compare(x.Name, y.Name) })
	return members
}

// Hash is a 64-bit hash: equal values have equal hashes, in every process and version that reads the same format.
func Hash(n *Node) uint64 {
	switch n.Kind() {
	case Absent:
		return 0
	case Number:
		var buf [64]byte
		return mix(uint64(Number), xxh3.Hash(canonOf(n.text).appendTo(buf[:0])))
	case Array:
		h := mix(uint64(Array), uint64(len(n.body.kids)))
		for _, kid := range n.body.kids {
			h = mix(h, Hash(kid))
		}
		return h
	case Object:
		sum := uint64(0) // whatever the order
		for i, kid := range n.body.kids {
			if kid != nil {
				sum += mix(xxh3.HashString(n.body.names[i]), Hash(kid))
			}
		}
		return mix(uint64(Object)+uint64(n.Len())<<8, sum)
	}
	return mix(uint64(n.kind), xxh3.HashString(n.text))
}

// mix stirs two words into one, as splitmix64 does.
func mix(a, b uint64) uint64 {
	h := a*0x9E3779B97F4A7C15 + b
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}

// Identical reports whether two values are the same to the letter: in the digits of numbers and in the order of members too.
func Identical(a, b *Node) bool {
	if a == b {
		return true
	}
	if a.Kind() != b.Kind() || a.text != b.text || a.Len() != b.Len() {
		return false
	}
	if a.body == nil {
		return true
	}
	j := 0
	for i, kid := range a.body.kids {
		if kid == nil {
			continue
		}
		for b.body.kids[j] == nil {
			j++
		}
		if a.kind == Object && a.body.names[i] != b.body.names[j] || !Identical(kid, b.body.kids[j]) {
			return false
		}
		j++
	}
	return true
}
