package value

import (
	"bytes"
	"testing"
)

// TestLayoutsAreBounded lays documents of many layouts: each when it is met again, until there is no room for more.
func TestLayoutsAreBounded(t *testing.T) {
	names := NewNames()
	s := NewSheet(NewPlaces(names, maxLeaves))
	laid := map[int][]byte{}
	const many = mostLaid/3000 + 5
	row := func(i int) []byte { return docOf(t, leaves(3000+i)).AppendBinary(nil, names) }
	for i := range many {
		for again := range 2 {
			if !s.Load(row(i), maxLeaves) {
				t.Fatal("no document for a sheet")
			}
			b, ok := s.AppendLaid(nil, maxLeaves)
			if ok && again == 0 {
				t.Fatalf("document %d is laid when it is met first", i)
			}
			if ok {
				laid[i] = b
			}
		}
	}
	if n := len(laid); n < many/2 || n == many {
		t.Errorf("%d of %d documents were laid", n, many)
	}
	for i, b := range laid {
		if !s.LoadLaid(b) || !bytes.Equal(s.AppendBinary(nil), row(i)) {
			t.Errorf("document %d is not what was laid", i)
		}
	}
	if _, ok := s.AppendLaid(nil, 2999); ok {
		t.Error("a document with too many members is laid")
	}
	if s.LoadLaid(appendUvarint(nil, many)) || s.LoadLaid(laid[0][:len(laid[0])-1]) {
		t.Error("what was never laid, or cut off, is a document")
	}
}
