package value

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEqualIsByValue(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		equal bool
	}{
		{`1`, `1.0`, true}, {`1`, `1e0`, true}, {`0`, `-0`, true}, {`-0.0`, `0e9`, true}, {`100`, `1E+2`, true}, {`1`, `-1`, false},
		{`9007199254740993`, `9007199254740992`, false}, {`1e400`, `1e401`, false}, {`10e399`, `1e400`, true},
		{`1e99999999999999999999`, `10e99999999999999999998`, true}, {`1e99999999999999999999`, `1e99999999999999999998`, false},
		{`1`, `"1"`, false}, {`null`, `false`, false}, {`""`, `[]`, false},
		{`{"a":1,"b":2}`, `{"b":2.0,"a":1}`, true}, {`{"a":1}`, `{"a":1,"b":null}`, false}, {`{"a":1}`, `{"b":1}`, false},
		{`[1,2]`, `[2,1]`, false}, {`[]`, `[null]`, false}, {`"\u00e9"`, `"e\u0301"`, false},
	} {
		a, b := mustParse(t, c.a), mustParse(t, c.b)
		if Equal(a, b) != c.equal || Equal(b, a) != c.equal || (Compare(a, b) == 0) != c.equal || (Hash(a) == Hash(b)) != c.equal {
			t.Errorf("%s and %s: equal %v, compare %d, hashes %x %x", c.a, c.b, Equal(a, b), Compare(a, b), Hash(a), Hash(b))
		}
	}
	if !Equal(nil, nil) || Equal(nil, Nul()) || Compare(nil, Nul()) >= 0 || Hash(nil) == Hash(Nul()) {
		t.Error("an absent value equals itself alone")
	}
}

func TestEqualAndHashAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := nodes(3).Draw(t, "a"), nodes(3).Draw(t, "b")
		if Equal(a, b) != (Hash(a) == Hash(b)) || Equal(a, b) != (Compare(a, b) == 0) || Compare(a, b) != -Compare(b, a) {
			t.Fatalf("%s and %s", a.JSON(), b.JSON())
		}
		c := respelt(t, a)
		if !Equal(a, c) || Hash(a) != Hash(c) || Compare(a, c) != 0 {
			t.Fatalf("%s and %s are the same value", a.JSON(), c.JSON())
		}
	})
}

func TestHashIsTheSameInEveryProcess(t *testing.T) {
	const want = 0x80117f2bb0720b8a
	if got := Hash(mustParse(t, `{"a":[1.0,"x",null,true],"b":{}}`)); got != want {
		t.Errorf("%#x: stored hashes would no longer be found", got)
	}
}

func TestCompareSortsByKindThenValue(t *testing.T) {
	sorted := []string{
		`null`, `false`, `true`, `-1e99999999999999999999`, `-10`, `-9`, `-0.5`, `0`, `1e-400`, `0.1`, `0.11`, `0.2`, `1`, `2`, `10`, `1e400`,
		`1e99999999999999999999`, `""`, `"a"`, `"b"`, `[]`, `[1]`, `[1,2]`, `[2]`, `{}`, `{"a":1}`, `{"a":1,"b":0}`, `{"a":2}`, `{"b":0}`,
	}
	var all []*Node
	for _, text := range sorted {
		all = append(all, mustParse(t, text))
	}
	slices.Reverse(all)
	slices.SortStableFunc(all, Compare)
	var got []string
	for _, n := range all {
		got = append(got, string(n.JSON()))
	}
	if !slices.Equal(got, sorted) {
		t.Errorf("got %s", strings.Join(got, " "))
	}
}
