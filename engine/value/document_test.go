package value

import (
	"errors"
	"fmt"
	"testing"
)

func docOf(t testing.TB, text string) *Doc {
	d := NewDoc()
	d.Begin(1)
	if err := d.SetRoot(mustParse(t, text)); err != nil {
		t.Fatal(err)
	}
	d.Commit()
	return d
}

func TestWritingThroughAPartThatIsGone(t *testing.T) {
	d := docOf(t, `{"a":{"b":{}},"l":[{}]}`)
	d.Begin(2)
	inner, item := d.root.At("/a/b"), d.root.At("/l/0")
	outer := d.root.Get("a")
	if err := d.SetMember(d.root, "a", Int(1)); err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteMember(outer, "b"); !errors.Is(err, ErrDetached) {
		t.Error(err)
	}
	if err := d.SetMember(inner, "x", Nul()); !errors.Is(err, ErrDetached) {
		t.Error(err)
	}
	if err := d.SetMember(item, "x", Nul()); err != nil {
		t.Error(err)
	}
	if _, err := d.Pop(d.root.Get("l")); err != nil {
		t.Error(err)
	}
	if err := d.SetMember(item, "y", Nul()); !errors.Is(err, ErrDetached) {
		t.Error(err)
	}
	d.Rollback()
	if err := d.SetMember(inner, "x", Nul()); err != nil {
		t.Error("an undone write brings the part back:", err)
	}
}

func TestWritesThatAreRefused(t *testing.T) {
	d := docOf(t, `{"a":1,"l":[]}`)
	before := string(d.root.JSON())
	for _, c := range []struct {
		what string
		got  error
		want error
	}{
		{"a member of a stranger", d.SetMember(Obj(), "x", Nul()), ErrDetached},
		{"an item of an object", d.Append(d.root, Nul()), ErrKind},
		{"no value", d.SetRoot(nil), ErrNoValue},
		{"a member of nothing", d.SetMember(nil, "x", Nul()), ErrNoParent},
		{"an item that is not there", d.SetItem(d.root.Get("l"), 0, Nul()), ErrIndex},
		{"a path without its parent", d.Set("/none/x", Nul()), ErrNoParent},
		{"a path through a number", d.Set("/a/x", Nul()), ErrNoParent},
		{"a path past the end", d.Set("/l/1", Nul()), ErrIndex},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v", c.what, c.got)
		}
	}
	if _, err := d.Pop(d.root.Get("l")); !errors.Is(err, ErrIndex) {
		t.Error("the last of none:", err)
	}
	if got := string(d.root.JSON()); got != before {
		t.Error("a refused write wrote:", got)
	}
}

func TestDocDepthIsBounded(t *testing.T) {
	d := docOf(t, `{}`)
	d.Begin(2)
	var err error
	for range MaxDepth + 10 {
		if err = d.SetRoot(Obj(Member{"a", d.root})); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrTooDeep) {
		t.Error(err)
	}
	if _, err := Parse(d.root.JSON()); err != nil {
		t.Error("the document is no deeper than what can be read:", err)
	}
}

func TestSameWriteTakesTheDigitsAndKeepsTheStamp(t *testing.T) {
	d := docOf(t, `{"a":1,"b":{"c":[1]}}`)
	d.Begin(2)
	_ = d.SetMember(d.root, "a", Num("1.0"))
	_ = d.SetMember(d.root, "b", mustParse(t, `{"c":[1e0]}`))
	writes := d.Commit()
	if len(writes) != 2 || writes[0].Op != Same || writes[1].Op != Same || d.Changed() != 1 || d.root.At("/b/c/0").Changed() != 1 {
		t.Errorf("%v, changed %d", writes, d.Changed())
	}
	if got := string(d.root.JSON()); got != `{"a":1.0,"b":{"c":[1e0]}}` {
		t.Error(got)
	}
}

func TestManyMembersAreNotQuadratic(t *testing.T) {
	d, count := docOf(t, `{}`), 100_000
	for round := range 2 {
		for i := range count {
			d.Begin(uint64(i))
			_ = d.SetMember(d.root, fmt.Sprint("k", i), Int(int64(round)))
			d.Commit()
		}
	}
	for i := range count - 1 {
		d.Begin(uint64(i))
		_ = d.DeleteMember(d.root, fmt.Sprint("k", i))
		d.Commit()
	}
	if got := string(d.root.JSON()); got != `{"k99999":1}` || d.root.Len() != 1 {
		t.Error(d.root.Len(), got)
	}
}

func TestALoopThatCountsLeavesOneWrite(t *testing.T) {
	d := docOf(t, `{"n":0}`)
	d.Begin(2)
	for i := range 5 {
		_ = d.SetMember(d.root, "n", Int(int64(i+1)))
		_ = d.SetMember(d.root, "fresh", Int(int64(i)))
	}
	writes := d.Commit()
	if len(writes) != 2 || writes[0].Path != "/n" || writes[0].Old.Text() != "0" || writes[0].New.Text() != "5" || writes[1].Op != Add || writes[1].New.Text() != "4" {
		t.Errorf("%+v", writes)
	}
}
