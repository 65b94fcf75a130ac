package value

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPointerExamplesOfRFC6901(t *testing.T) {
	doc := mustParse(t, `{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}`)
	for text, want := range map[string]string{
		"/foo": `["bar","baz"]`, "/foo/0": `"bar"`, "/": `0`, "/a~1b": `1`, "/c%d": `2`, "/e^f": `3`, "/g|h": `4`, "/i\\j": `5`,
		"/k\"l": `6`, "/ ": `7`, "/m~0n": `8`, "": string(doc.JSON()),
		"/foo/2": "", "/foo/-": "", "/foo/00": "", "/foo/01": "", "/none": "", "/foo/0/x": "", "/foo/ 1": "",
	} {
		p, err := ParsePointer(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if got := string(doc.At(p).JSON()); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"foo", "/~", "/~2", "/a~", "#/a"} {
		if _, err := ParsePointer(text); err == nil {
			t.Errorf("%q is no pointer", text)
		}
	}
}

func TestPointerRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := rapid.SliceOf(rapid.OneOf(rapid.SampledFrom(someNames), rapid.String())).Draw(t, "tokens")
		p := Pointer("")
		for i, token := range tokens {
			child := p.Child(token)
			if child.Parent() != p || child.Last() != token || !child.HasPrefix(p) || p.HasPrefix(child) {
				t.Fatalf("%q below %q (%d)", token, p, i)
			}
			p = child
		}
		parsed, err := ParsePointer(string(p))
		if err != nil || !slices.Equal(parsed.Tokens(), tokens) {
			t.Fatalf("%q: %q %v", p, parsed.Tokens(), err)
		}
	})
}

func TestPointerPrefixIsByName(t *testing.T) {
	if Pointer("/ab").HasPrefix("/a") || !Pointer("/a/b").HasPrefix("/a") || !Pointer("/a").HasPrefix("") || !Pointer("/a").HasPrefix("/a") {
		t.Error("a prefix ends where a name does")
	}
	if Pointer("/a").Elem(3) != "/a/3" || Pointer("").Parent() != "" || Pointer("").Last() != "" {
		t.Error("items, and the whole")
	}
}
