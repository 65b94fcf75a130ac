package scan

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asof/engine/event/sharedtest"
)

func TestVerdictsOfJSONTestSuite(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(sharedtest.Corpus(t, "JSONTestSuite/test_parsing"), "*.json"))
	if err != nil || len(files) < 283 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		got := Valid(src)
		deep := strings.HasPrefix(name, "n_structure_100000") || strings.HasPrefix(name, "n_structure_open_array_object")
		if !deep && got != json.Valid(src) {
			t.Errorf("%s: %v, unlike encoding/json", name, got)
		}
		if strings.HasPrefix(name, "y_") && !got || strings.HasPrefix(name, "n_") && got {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestMembers(t *testing.T) {
	src := []byte(` { "a" : [1,{"x":2}] , "b\n":"c\"", "n":-1.5e3,"t":true,"z":null,"o":{} } tail`)
	var s Scanner
	end, err := s.Scan(src, 0)
	if err != nil || string(src[end:]) != " tail" {
		t.Fatalf("end %d, %v", end, err)
	}
	var got []string
	for _, m := range s.Members {
		got = append(got, fmt.Sprintf("%s=%s %c %v %v", src[m.Key:m.KeyEnd], src[m.Value:m.End], m.Kind, m.KeyEscaped, m.ValueEscaped))
	}
	want := `a=[1,{"x":2}] [ false false|b\n="c\"" " true true|n=-1.5e3 0 false false|t=true t false false|z=null n false false|o={} { false false`
	if text := strings.Join(got, "|"); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestNotes(t *testing.T) {
	wide := make([]string, 200)
	for i := range wide {
		wide[i] = fmt.Sprintf(`"key%d":%d`, i, i)
	}
	all := strings.Join(wide, ",")
	for _, c := range []struct {
		src             string
		repeat, invalid bool
	}{
		{`{"a":1,"b":2}`, false, false},
		{`{"a":1,"a":2}`, true, false},
		{`{"a":1,"\u0061":2}`, true, false},
		{`{"a":{"a":1},"b":{"a":1}}`, false, false},
		{`{"a":[{"b":1,"c":2,"b":3}]}`, true, false},
		{`{` + all + `}`, false, false},
		{`{` + all + `,"key7":1}`, true, false},
		{`{"o":{` + all + `},"key7":1}`, false, false},
		{"{\"a\":\"\xff\"}", false, true},
		{"{\"a\":\"\u00e9\"}", false, false},
		{`{"a":"\ud800"}`, false, false},
	} {
		var s Scanner
		if _, err := s.Scan([]byte(c.src), 0); err != nil {
			t.Errorf("%s: %v", c.src, err)
		}
		if s.Notes != (Notes{c.repeat, c.invalid}) {
			t.Errorf("%.60s: %+v", c.src, s.Notes)
		}
	}
}

func TestDepthLimit(t *testing.T) {
	nest := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	if !Valid(nest(MaxDepth)) {
		t.Error("the deepest allowed value is refused")
	}
	var s Scanner
	if _, err := s.Scan(nest(MaxDepth+1), 0); !errors.Is(err, ErrDepth) {
		t.Errorf("one level more: %v", err)
	}
}

func TestEveryCutIsShort(t *testing.T) {
	src := `{"a":[1.5e+3,true,false,null,"x\u00e9\\"],"b":{"c":{}}}`
	for cut := range len(src) {
		var s Scanner
		if _, err := s.Scan([]byte(src[:cut]), 0); !errors.Is(err, ErrShort) {
			t.Errorf("%q: %v", src[:cut], err)
		}
	}
}

func TestUnquoteAsEncodingJSON(t *testing.T) {
	for _, src := range []string{`"a"`, `"\b\f\n\r\t\/\\\""`, `"\u00e9\ud83d\ude00x"`, `"\ud800x"`, `"\udc00\ud800"`, `"\ud800\u0041"`} {
		var want string
		if err := json.Unmarshal([]byte(src), &want); err != nil {
			t.Fatal(err)
		}
		if got := string(AppendUnquoted(nil, []byte(src[1:len(src)-1]))); got != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
}

func FuzzScanner(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e-3,"x\n",null]}`, `[[],{}]`, `"\ud800"`, `-0`, `{"a":1,"a":2}`, `{"`, "\"\xff\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var s Scanner
		end, err := s.Scan(src, 0)
		if errors.Is(err, ErrDepth) {
			return
		}
		if end < 0 || end > len(src) {
			t.Fatalf("end %d of %d", end, len(src))
		}
		if got := err == nil && space(src, end) == len(src); got != json.Valid(src) {
			t.Fatalf("%q: %v, %v", src, got, err)
		}
		for _, m := range s.Members {
			if err == nil && !json.Valid(src[m.Value:m.End]) {
				t.Fatalf("%q: member %q", src, src[m.Value:m.End])
			}
		}
	})
}

func BenchmarkScanner(b *testing.B) {
	line := []byte(`{"id":"evt-00012345","stream":"order-481","type":"PaymentTaken","version":12,"time":"2026-01-15T09:31:07.204Z","data":{"amount":120.00,"currency":"EUR","method":"card","items":[{"sku":"A-1","qty":2},{"sku":"B-7","qty":1}],"customer":{"name":"Ana Ruiz","city":"Malaga"}},"metadata":{"correlation_id":"req-77aa","user":"web"}}`)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	var s Scanner
	for b.Loop() {
		if _, err := s.Scan(line, 0); err != nil {
			b.Fatal(err)
		}
	}
}
