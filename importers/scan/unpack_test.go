package scan

import (
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
)

// bzip2Hello is "hello\n" as bzip2 packs it, and bzip2Empty is nothing.
const (
	bzip2Hello = "425a6839314159265359c1c080e2000001410000100244a00030cd00c3462997177245385090c1c080e2"
	bzip2Empty = "425a683917724538509000000000"
)

func bytesOf(t *testing.T, text string) string {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestUnpackBzip2(t *testing.T) {
	hello := bytesOf(t, bzip2Hello)
	for _, c := range []struct{ in, packing, out string }{
		{hello, "bzip2", "hello\n"},
		{hello + hello, "bzip2", "hello\nhello\n"},
		{bytesOf(t, bzip2Empty), "bzip2", ""},
		{"BZh9,name\n1,x\n", "", "BZh9,name\n1,x\n"},
		{"BZh", "", "BZh"},
	} {
		body, packing, err := Unpack(strings.NewReader(c.in), Limits{})
		if err != nil || packing != c.packing {
			t.Fatalf("%q: %q, %v", c.in, packing, err)
		}
		if out, err := io.ReadAll(body); err != nil || string(out) != c.out {
			t.Errorf("%q: %q, %v", c.in, out, err)
		}
	}
	body, _, err := Unpack(strings.NewReader(hello), Limits{Expanded: 3})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(body); !errors.Is(err, ErrExpanded) || !strings.Contains(err.Error(), "bzip2 -dc FILE | asof -") {
		t.Errorf("beyond the limit: %v", err)
	}
	body, _, err = Unpack(strings.NewReader(hello[:len(hello)-9]), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(body); !errors.Is(err, ErrUnpack) {
		t.Errorf("cut off: %v", err)
	}
}
