package value

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func TestNodeCodecRoundTrip(t *testing.T) {
	names := NewNames()
	rapid.Check(t, func(t *rapid.T) {
		n := nodes(4).Draw(t, "value")
		again, rest, err := DecodeNode(append(AppendNode(nil, n, names), 7), names)
		if err != nil || !bytes.Equal(rest, []byte{7}) || !bytes.Equal(again.JSON(), n.JSON()) {
			t.Fatalf("%s became %s, rest %x, %v", n.JSON(), again.JSON(), rest, err)
		}
	})
	if n, rest, err := DecodeNode(AppendNode(nil, nil, names), names); n != nil || len(rest) > 0 || err != nil {
		t.Error("an absent value stays absent")
	}
}

func TestCutEncodingsAreRefused(t *testing.T) {
	names := NewNames()
	whole := docOf(t, `{"a":[1,2.50,"three"],"b":{"c":null,"d":true}}`).AppendBinary(nil, names)
	for i := range whole {
		if _, _, err := DecodeDoc(whole[:i], names); !errors.Is(err, ErrEncoding) {
			t.Errorf("%d of %d bytes: %v", i, len(whole), err)
		}
	}
	if _, _, err := DecodeDoc(whole, NewNames()); !errors.Is(err, ErrEncoding) {
		t.Errorf("names that nobody knows: %v", err)
	}
}

func FuzzDecodeDoc(f *testing.F) {
	names := NewNames(someNames...)
	f.Add(docOf(f, `{"a":[1,2.50,"three"],"b":{"a":null,"":true}}`).AppendBinary(nil, names))
	f.Add(NewDoc().AppendBinary(nil, names))
	f.Fuzz(func(t *testing.T, src []byte) {
		d, _, err := DecodeDoc(src, names)
		if err != nil {
			return
		}
		first := d.AppendBinary(nil, names)
		again, _, err := DecodeDoc(first, names)
		if err != nil || !bytes.Equal(again.AppendBinary(nil, names), first) {
			t.Fatalf("%x became %x: %v", src, first, err)
		}
	})
}

func TestNamesAreSharedSafely(t *testing.T) {
	names := NewNames()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 2000 {
				name := fmt.Sprint("name", i)
				if got, ok := names.Name(names.ID(name)); !ok || got != name {
					t.Errorf("%s became %s", name, got)
				}
			}
		})
	}
	wg.Wait()
	if names.Len() != 2000 || len(names.Since(1990)) != 10 || len(names.Since(5000)) != 0 {
		t.Error(names.Len())
	}
	again := NewNames(names.Since(0)...)
	if id, ok := again.Find("name7"); !ok || id != names.ID("name7") {
		t.Error("a table that is read again numbers the same")
	}
}
