package cloudevents

import (
	"strings"
	"testing"

	"asof/engine/ingest"
	"asof/importers/importertest"
	"asof/importers/scan"
)

const (
	first  = `{"specversion":"1.0","id":"1","source":"/s","type":"a","subject":"order-1","time":"2024-01-01T00:00:00Z","data":{"x":1.50},"ext":5}`
	second = `{"specversion":"1.0","id":"2","source":"/s","type":"b","subject":null,"time":null,"data":null,"sequence":"0007","correlationid":"c","causationid":"1","recordedtime":"2024-01-01T00:00:01Z"}`
)

func TestLaws(t *testing.T) {
	importertest.Run(t, Importer{}, []importertest.Sample{
		{Name: "lines.jsonl", Data: []byte(first + "\n" + second + "\n"), Records: 2},
		{Name: "batch.json", Data: []byte("[" + first + ",\n" + second + "]"), Records: 2},
		{Name: "single.json", Data: []byte(first), Records: 1},
		{Name: "mixed.jsonl", Data: []byte(first + "\n{\"no\":1}\n" + first + "\nnothing\n"), Records: 3},
	})
}

func TestAttributes(t *testing.T) {
	out := importertest.Read(t, Importer{}, "lines.jsonl", []byte(first+"\n"+second), 0)
	e := out.Records[0].Events[0]
	if e.ID != "1" || e.Stream != "order-1" || e.Type != "a" || e.Time.Text() != "2024-01-01T00:00:00Z" || string(e.Data()) != `{"x":1.50}` ||
		string(e.Metadata()) != `{"specversion":"1.0","source":"/s","ext":5}` {
		t.Errorf("first: %+v", e)
	}
	e = out.Records[1].Events[0]
	if e.Stream != "/s" || !e.Time.IsZero() || e.Version != 7 || e.Correlation != "c" || e.Causation != "1" ||
		e.Recorded.Text() != "2024-01-01T00:00:01Z" || e.Data() != nil || e.Marks != 0 {
		t.Errorf("second: %+v, data %s", e, e.Data())
	}
}

func TestBinaryData(t *testing.T) {
	for _, c := range []struct{ members, want string }{
		{`"data_base64":"eyJ4IjoxLjUwfQ=="`, `{"x":1.50}`},
		{`"data_base64":"aGVsbG8="`, `"aGVsbG8="`},
		{`"data_base64":"... no base64 ..."`, `"... no base64 ..."`},
		{`"data_base64":"eyJ4IjoxfQ==","data":{"y":2}`, `{"y":2}`},
		{`"data":null,"data_base64":"eyJ4IjoxfQ=="`, `{"x":1}`},
		{`"data":"eyJ4IjoxfQ=="`, `"eyJ4IjoxfQ=="`},
		{`"data":17`, `17`},
	} {
		out := importertest.Read(t, Importer{}, "x.json", []byte(strings.Replace(first, `"data":{"x":1.50}`, c.members, 1)), 0)
		if got := string(out.Records[0].Events[0].Data()); got != c.want {
			t.Errorf("%s: %s, want %s", c.members, got, c.want)
		}
	}
}

func TestPartitionKeyIsAFurtherStream(t *testing.T) {
	out := importertest.Read(t, Importer{}, "x.json", []byte(strings.Replace(first, `"ext":5`, `"partitionkey":"p\u0031"`, 1)), 0)
	if e := out.Records[0].Events[0]; len(e.Others) != 1 || e.Others[0] != "p1" {
		t.Errorf("%v", e.Others)
	}
}

func TestMapOverrides(t *testing.T) {
	out := importertest.ReadWith(t, Importer{}, "x.json", []byte(first), 0, ingest.Options{Map: map[string]string{"stream": "data.x"}})
	if e := out.Records[0].Events[0]; e.Stream != "1.50" {
		t.Errorf("%q", e.Stream)
	}
}

func TestDetection(t *testing.T) {
	for text, want := range map[string]bool{
		first: true, "[" + first + "]": true, first + "\n" + second: true, "{\"specversion\":\"1.0\"}": false, "[]": false,
		"[" + first + "," + second[:60]: true, `{"events":[` + first + `]}`: false,
	} {
		head, _, err := scan.HeadOf("x", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if vote := (Importer{}).Detect(head); (vote.Weight > 0) != want {
			t.Errorf("%s: %+v", text, vote)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(first + "\n" + second))
	f.Add([]byte("[" + first + "," + second + "]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		out := importertest.Read(t, Importer{}, "x.json", data, 0)
		importertest.Check(t, data, out)
	})
}
