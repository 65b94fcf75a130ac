package jsondoc

import (
	"fmt"
	"strings"
	"testing"

	"asof/importers/importertest"
)

func TestLaws(t *testing.T) {
	var rows []string
	for i := range 30 {
		rows = append(rows, fmt.Sprintf(`{"id":%d,"type":"%s","at":{"x":[%d]}}`, i, []string{"a", "b"}[i%2], i))
	}
	importertest.Run(t, Importer{}, []importertest.Sample{
		{Name: "array.json", Data: []byte("[" + strings.Join(rows, ",") + "]\n"), Records: 30},
		{Name: "pretty.json", Data: []byte("[\n  " + strings.Join(rows, ",\n  ") + "\n]\n"), Records: 30},
		{Name: "events.json", Data: []byte(`{"next":{"a":[1,2]},"events":[` + strings.Join(rows, " , ") + `],"more":false}`), Records: 30},
		{Name: "history.json", Data: []byte(`{"history":{"x":1,"events":[` + strings.Join(rows, ",") + `]},"nextPageToken":null}`), Records: 30},
		{Name: "bad.json", Data: []byte("[\n  " + rows[0] + ",\n  {\"id\":oops},\n  {\"id\":\"x\n\"},\n  5,\n  " + rows[1] + "\n]"), Records: 2},
		{Name: "empty.json", Data: []byte("[]"), Records: 0},
		{Name: "single.json", Data: []byte(`{"id":1,"type":"a","time":"2024-01-01T00:00:00Z","items":[{"sku":1}]}`), Records: 1},
	})
}

// TestReasons says what is rejected, and that nothing is lost behind it.
func TestReasons(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{`[{"a":1},{"a":}, {"a":2}]`, `ok|not JSON: a value is missing, at byte 5 of the record|ok`},
		{`[{"a":1},,{"a":2}]`, `ok|a comma without a value before it|ok`},
		{`[{"a":1},]`, `ok|a comma without a value before the end of the list`},
		{`[{"a":1}{"a":2},{"a":3}]`, `ok|no comma before it|ok`},
		{`[{"a":1},2,"x",null,[],{"a":3}]`, `ok|not an object but a number|not an object but a string|not an object but null|not an object but a list|ok`},
		{`[{"a":1},{"a":2`, `ok|the source ends within this record`},
		{`[{"a":1},{"a":2}`, `ok|ok|the document ends before its list is closed`},
		{`[{"a":1}] x`, `ok|text follows the document`},
		{`{"events":[{"a":1}]`, `ok|after the list: the source ends within this record`},
		{`{"events":[{"a":1}],"n":1}`, `ok`},
		{`{"events":[{"a":1}],"n":1} x`, `ok|text follows the document`},
	} {
		out := importertest.Read(t, Importer{}, "x.json", []byte(c.data), 0)
		var got []string
		for _, r := range out.Records {
			if r.Rejected == "" {
				r.Rejected = "ok"
			}
			got = append(got, r.Rejected)
		}
		if g := strings.Join(got, "|"); g != c.want || out.Err != nil {
			t.Errorf("%s\ngot  %s %v\nwant %s", c.data, g, out.Err, c.want)
		}
	}
}
