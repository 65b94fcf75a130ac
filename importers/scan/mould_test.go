package scan

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// checkRecord holds that a scanner that knows records before says of src what one that knows none does, and that a mould and
// values give the record.
func checkRecord(t interface{ Fatalf(string, ...any) }, s *Scanner, src []byte) {
	var fresh Scanner
	wantEnd, wantErr := fresh.Scan(src, 0)
	end, err := s.Record(src)
	if end != wantEnd || !reflect.DeepEqual(err, wantErr) {
		t.Fatalf("%q: %d, %v; want %d, %v", src, end, err, wantEnd, wantErr)
	}
	if err != nil {
		return
	}
	if s.Kind != fresh.Kind || s.Notes != fresh.Notes || len(s.Members)+len(fresh.Members) > 0 && !reflect.DeepEqual(s.Members, fresh.Members) {
		t.Fatalf("%q: %c %v %+v; want %c %v %+v", src, s.Kind, s.Notes, s.Members, fresh.Kind, fresh.Notes, fresh.Members)
	}
	if s.Mould == nil {
		return
	}
	var made []byte
	for i, gap := range s.Mould.Gaps {
		made = append(made, gap...)
		if i < len(s.Values) {
			made = append(made, src[s.Values[i].Off:s.Values[i].Off+s.Values[i].Len]...)
		}
	}
	if !bytes.Equal(made, src[:end]) {
		t.Fatalf("%q: the cast gives %q", src, made)
	}
}

// TestRecordsOfKnownMouldsAreAsScanned draws records that are alike, and some that differ a little.
func TestRecordsOfKnownMouldsAreAsScanned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SampledFrom([]string{`"x"`, `""`, `"a\"b"`, `"é"`, "\"\xff\"", `"\u00e9"`, `0`, `-1.5e+3`, `12345678901234567890`, `true`, `false`, `null`, `01`, `"bad\q"`, `tru`, `[]`, `{}`, `[1,2]`, `[1]`, `{"k":1}`, `{"k":"v","k":2}`, `-`, "\"\x01\""})
		shapes := []string{`{"a":%,"b":{"c":%,"d":[%,%]},"e":%}`, `{"a":%,"b":%}`, ` { "a" : % , "é":%}`, `{"a":%,"a":%}`, `{"\u0061":%}`, `{}`, `[%]`, `%`, `{"a":%,"b":{"c":%}`, "{\"\xff\":%}"}
		var s Scanner
		for range rapid.IntRange(1, 60).Draw(t, "records") {
			shape := rapid.SampledFrom(shapes[:rapid.IntRange(1, len(shapes)).Draw(t, "shapes")]).Draw(t, "shape")
			for strings.Contains(shape, "%") {
				shape = strings.Replace(shape, "%", value.Draw(t, "value"), 1)
			}
			shape += rapid.SampledFrom([]string{"", "\n", " x", "}"}).Draw(t, "after")
			checkRecord(t, &s, []byte(shape))
		}
	})
}

// TestMouldsAreForgotten feeds more moulds than are kept, then one again and again: it must become known.
func TestMouldsAreForgotten(t *testing.T) {
	var s Scanner
	for i := range 4 * mostKnots {
		checkRecord(t, &s, []byte(`{"`+strings.Repeat("k", i%977)+string(rune('a'+i%26))+`":1,"x":{"`+strings.Repeat("y", i%1013)+`":2}}`))
	}
	if s.moulds.knots > mostKnots {
		t.Fatalf("%d knots", s.moulds.knots)
	}
	for range 3*mouldRest + 3*mouldTry {
		checkRecord(t, &s, []byte(`{"id":1,"name":"n"}`))
	}
	if s.Mould == nil {
		t.Error("a record that stands there thousands of times is not known")
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte("{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n{\"a\":3,\"b\":\"\\\"\"}\n{\"a\":3,\"b\":[1,{}]}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var s Scanner
		for line := range bytes.SplitSeq(text, []byte("\n")) {
			checkRecord(t, &s, line)
			checkRecord(t, &s, line)
		}
	})
}
