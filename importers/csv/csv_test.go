package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"asof/engine/event/sharedtest"
	"asof/engine/ingest"
	"asof/importers/importertest"
	"asof/importers/scan"
)

func TestLaws(t *testing.T) {
	importertest.Run(t, Importer{}, []importertest.Sample{
		{Name: "plain.csv", Data: []byte("case_id,activity,timestamp\n1,a,2024-01-01 10:00:00+01:00\n2,b,2024-01-01 11:00:00+01:00\n1,c,2024-01-02 10:00:00+01:00\n"), Records: 3},
		{Name: "crlf.csv", Data: []byte("a;b\r\n1;\"x;\r\ny\"\r\n\r\n2;\"say \"\"hi\"\"\"\r\n3;\r\n"), Records: 3},
		{Name: "ragged.csv", Data: []byte("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n4,5,6"), Records: 3},
		{Name: "quotes.csv", Data: []byte("a,b\n1,2\nx\"y,2\n\"x\"y,2\n3,4\n\"open,5\n6,7\n"), Records: 4},
		{Name: "tabs.tsv", Data: []byte("a\tb\n1\t5\" pipe\n2\t\\N\n3\t\"\"\n"), Records: 3},
		{Name: "headless.tsv", Data: []byte("o-1\t{\"type\":\"a\",\"at\":\"2024-01-15T10:00:00Z\"}\no-2\t{\"type\":\"b\",\"at\":\"2024-01-15T10:00:01Z\"}\no-1\t\n"), Records: 3},
		{Name: "preamble.csv", Data: []byte("sep=;\r\ntime;stream;type\r\n2024-01-15;a;x\r\n2024-01-16;b;y\r\n2024-01-17;a;y\r\n"), Records: 3},
		{Name: "trailing.csv", Data: []byte("time,stream,type\n2024-01-15,a,x,\n2024-01-16,b,y,\n"), Records: 2},
		{Name: "header.csv", Data: []byte("time,stream,type\n"), Records: 0},
		{Name: "date_and_time.csv", Data: []byte("bon,Datum,Tijd,wat\n1,15/01/2024,9:05 PM,a\n2,16/01/2024,09:06:07.5,b\n1,17/01/2024,,a\n"), Records: 3},
		{Name: "json.csv", Data: []byte("id,stream_id,type,data,metadata\n1,s1,a,\"{\"\"x\"\": 1.50}\",{}\n2,s2,b,,\n3,s1,a,[1],\n"), Records: 3},
	})
}

// TestCells fixes what a cell becomes.
func TestCells(t *testing.T) {
	row := `x,7,007,+1,-0,1.10,1e400,true,True,,"","7",\N,"\N","{""a"": 1}",['a'],2024-01-01,"a""b	c"`
	want := `["x",7,"007","+1",-0,1.10,1e400,true,"True",null,"",7,null,"\\N",{"a": 1},"['a']","2024-01-01","a\"b\tc"]`
	cells, _, err := scan.Row([]byte(row), ',', nil, true)
	if err != nil {
		t.Fatal(err)
	}
	got := []byte{'['}
	for i, cell := range cells {
		if i > 0 {
			got = append(got, ',')
		}
		got = appendValue(got, []byte(row), cell)
	}
	if got = append(got, ']'); string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestDatesAndTimesOfDay reads times of which a file has the day in one column and the time of day in another.
func TestDatesAndTimesOfDay(t *testing.T) {
	for _, c := range []struct {
		head  string
		row   string
		given map[string]string
		want  string
	}{
		{"who,Date,Time", "a,1/15/2024,9:05 PM", nil, "2024-01-15T21:05:00Z"},
		{"wie,Datum,Tijd", "a,2024-01-15,09:05:01,5", nil, ""},
		{"wie,Datum,Tijd", "a,2024-01-15,09:05:01.5", nil, "2024-01-15T09:05:01.5Z"},
		{"wie,Datum,Tijd", "a,2024-01-15,", nil, "2024-01-15T00:00:00Z"},
		{"who,d,t", "a,240115,090501", map[string]string{"time": "d", "clock": "t"}, "2024-01-15T09:05:01Z"},
		{"who,started,length", "a,2024-01-15T10:00:00Z,09:05", nil, "2024-01-15T10:00:00Z"}, // which has its time of day already
	} {
		out := importertest.ReadWith(t, Importer{}, "x.csv", []byte(c.head+"\n"+c.row+"\n"), 0, ingest.Options{Map: c.given})
		got := ""
		if rec := out.Records[0]; rec.Rejected == "" {
			got = rec.Events[0].Time.Text()
		}
		if got != c.want {
			t.Errorf("%s of %s is read as %q, want %q", c.row, c.head, got, c.want)
		}
	}
	_, err := Importer{}.Open(ingest.Input{Name: "x.csv", Head: ingest.Head{Bytes: []byte("a,b\n1,2\n"), Whole: true}, Body: strings.NewReader("a,b\n1,2\n")}, ingest.Options{Map: map[string]string{"clock": "b"}})
	if err == nil || !strings.Contains(err.Error(), "clock=b names what has the time of day") {
		t.Errorf("times of day without dates: %v", err)
	}
}

func TestReasons(t *testing.T) {
	out := importertest.Read(t, Importer{}, "x.csv", []byte("a,b\n1,2\n1\n1,2,3\nx\"y,2\n\"x\"y,2\n\"open,5\n6,7\n"), 0)
	var got []string
	for _, r := range out.Records {
		got = append(got, r.Rejected)
	}
	want := []string{"", "it has 1 cell, the header 2", "it has 3 cells, the header 2", "", scan.ErrAfterQuote.Error(), scan.ErrOpenQuote.Error(), ""}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestHeader(t *testing.T) {
	out := importertest.Read(t, Importer{}, "x.csv", []byte(",a,a,\n1,2,3,4\n"), 0)
	if got, want := string(out.Records[0].Events[0].Data()), `{"column1":1,"a":2,"a_2":3,"column4":4}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	out = importertest.ReadWith(t, Importer{}, "x.csv", []byte("a,b\n1,2\n"), 0, ingest.Options{Map: map[string]string{"type": "c"}})
	if !errors.Is(out.Err, errNoColumn) || !strings.Contains(out.Err.Error(), "a, b") {
		t.Errorf("a column that is not there: %v", out.Err)
	}
}

// TestHeadless reads rows of which the first is no header, and what is meant inside their JSON.
func TestHeadless(t *testing.T) {
	data := "o-1\t{\"type\":\"Placed\",\"at\":\"2024-01-15T10:00:00Z\",\"n\":1}\no-2\t{\"type\":\"Paid\",\"at\":\"2024-01-15T10:00:01Z\"}\no-1\t{\"n\":2}\no-2\tnull\no-1\n"
	out := importertest.Read(t, Importer{}, "x.tsv", []byte(data), 0)
	var got []string
	for _, r := range out.Records {
		if r.Rejected != "" {
			got = append(got, r.Rejected)
			continue
		}
		e := r.Events[0]
		got = append(got, strings.Join([]string{string(e.Stream), e.Type, e.Time.Text(), string(e.Data())}, " "))
	}
	want := []string{
		`o-1 Placed 2024-01-15T10:00:00Z {"type":"Placed","at":"2024-01-15T10:00:00Z","n":1}`,
		`o-2 Paid 2024-01-15T10:00:01Z {"type":"Paid","at":"2024-01-15T10:00:01Z"}`,
		`o-1   {"n":2}`,
		`o-2   "null"`,
		"it has 1 cell, the first row 2",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	out = importertest.Read(t, Importer{}, "x.csv", []byte("time,stream,type\n2024-01-15,a,x,\n2024-01-16,b,y,\n"), 0)
	if e := out.Records[1].Events[0]; e.Stream != "b" || e.Type != "y" || e.Time.IsZero() {
		t.Errorf("%+v", e)
	}
	consumed := "CreateTime:1741079730000\tPartition:0\tOffset:7\to-1\t{\"type\":\"a\"}\nCreateTime:1741079731000\tPartition:1\tOffset:4\to-2\t{\"type\":\"b\"}\nCreateTime:1741079731000\tPartition:1\tOffset:5\to-1\tnull\n"
	out = importertest.Read(t, Importer{}, "x.txt", []byte(consumed), 0)
	if e := out.Records[1].Events[0]; e.Stream != "o-2" || e.Type != "b" || e.Time.Text() != "2025-03-04T09:15:31.000Z" || string(e.Data()) != `{"type":"b"}` ||
		string(e.Metadata()) != `{"Partition":"Partition:1","Offset":"Offset:4"}` {
		t.Errorf("%+v %s", e, e.Metadata())
	}
	quoted := "id,stream,body,meta\n1,a,\"{\"\"kind\"\":\"\"x\"\"}\",\"{\"\"correlation_id\"\":7}\"\n2,b,\"{\"\"kind\"\":\"\"y\"\"}\",\n"
	out = importertest.ReadWith(t, Importer{}, "x.csv", []byte(quoted), 0, ingest.Options{Map: map[string]string{"type": "body.kind"}})
	if e := out.Records[0].Events[0]; e.Type != "x" || e.Correlation != "7" || string(e.Data()) != `{"kind":"x"}` {
		t.Errorf("%+v", e)
	}
}

func TestDetection(t *testing.T) {
	for _, c := range []struct {
		text      string
		delimiter byte // 0 = not delimited text
	}{
		{"a,b\n1,2\n", ','},
		{"a;b\n1,5;2,5\n", ';'},
		{"o-1\t{\"type\": \"Placed\", \"n\": 1, \"m\": 2}\no-2\t{\"type\": \"Paid\", \"n\": 2, \"m\": 2}\n", '\t'},
		{"a\tb\n1\t2,3\n", '\t'},
		{"a|b|c\n1|2|3\n", '|'},
		{"\"a,b\",c\n\"1\n2\",3\n", ','},
		{"{\"a\":1,\"b\":2}\n{\"a\":1,\"b\":2}\n", 0},
		{"[1,2]\n[3,4]\n", 0},
		{"<a,b>\n<c,d>\n", 0},
		{"just, a sentence\nand another one\nthen a third\n", 0},
		{"a\nb\n", 0},
		{"", 0},
		{"a,b", 0},
		{"time,stream", ','},
		{"Owner;Ana\nPeriod;2024\n\nDate;Account;Type\n1.2.2024;a;x\n2.2.2024;b;y\n", ';'},
		{"time,stream,type\n1,a,x,\n2,b,y,\n", ','},
		{"words, and\nmore words\nand, a, few\nmore, of, those\n1, 2, 3, 4\n", 0},
		{"2024-01-15 10:00:00,120 started\n2024-01-15 10:00:00,120 stopped\n", 0},
		{"2024-01-15 10:00:00,a,1\n2024-01-15 10:00:01,b,2\n", ','},
	} {
		head, _, err := scan.HeadOf("x", strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		vote := Importer{}.Detect(head)
		if (vote.Weight > 0) != (c.delimiter != 0) || vote.Weight > 0 && sniff(head).delimiter != c.delimiter {
			t.Errorf("%q: %+v", c.text, vote)
		}
	}
}

// TestSpectrum holds all of csv-spectrum against its expected rows; a number or a JSON text compares by its text.
func TestSpectrum(t *testing.T) {
	folder := sharedtest.Corpus(t, "csv-spectrum")
	files, _ := filepath.Glob(filepath.Join(folder, "csvs", "*.csv"))
	if len(files) != 12 {
		t.Fatalf("%d files", len(files))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".csv")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(folder, "json", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if text = bytes.TrimSpace(text); text[0] == '{' { // one of the files leaves the list out
			text = append(append([]byte{'['}, text...), ']')
		}
		var want []map[string]string
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for _, field := range scan.Fields() {
			all[field] = ""
		}
		out := importertest.ReadWith(t, Importer{}, name, data, 0, ingest.Options{Map: all})
		var got []map[string]string
		for _, r := range out.Records {
			got = append(got, texts(t, r.Events[0].Data()))
		}
		if name == "location_coordinates" { // its two files differ in this cell
			delete(got[0], "Contact Phone Number")
			delete(want[0], "Contact Phone Number")
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func texts(t *testing.T, object []byte) map[string]string {
	t.Helper()
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(object, &raw); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for name, value := range raw {
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		out[name] = text
	}
	return out
}

// TestRowsAsEncodingCSV splits whatever encoding/csv wrote, and gets the same cells.
func TestRowsAsEncodingCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringMatching(`[a-z0-9 ,;"\n\t|é]{0,6}`)
		n := rapid.IntRange(1, 5).Draw(t, "columns")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, n, n), 1, 10).Draw(t, "rows")
		delimiter := rapid.SampledFrom([]rune(",;\t|")).Draw(t, "delimiter")
		var text bytes.Buffer
		w := stdcsv.NewWriter(&text)
		w.Comma, w.UseCRLF = delimiter, rapid.Bool().Draw(t, "crlf")
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		r := stdcsv.NewReader(bytes.NewReader(text.Bytes()))
		r.Comma = delimiter
		want, err := r.ReadAll()
		if err != nil {
			t.Skip("encoding/csv does not read what it wrote")
		}
		got := split(text.Bytes(), byte(delimiter))
		for i := range got {
			for j := range got[i] {
				got[i][j] = strings.ReplaceAll(got[i][j], "\r\n", "\n") // encoding/csv drops the \r; we keep it
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %q, want %q", text.Bytes(), got, want)
		}
	})
}

// split is all accepted rows of a text.
func split(text []byte, delimiter byte) [][]string {
	rows := scan.NewRows(ingest.Input{Body: bytes.NewReader(text)}, delimiter, 0)
	var out [][]string
	for {
		var rec ingest.Record
		if rows.Next(&rec) != nil {
			return out
		}
		if rec.Rejected != "" {
			continue
		}
		var cells []string
		for _, c := range rows.Cells {
			cells = append(cells, c.Text(rec.Raw))
		}
		out = append(out, cells)
	}
}

func FuzzRows(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\n\"\"b\",c\r\n", "\"", "a\"b\n", "\"a\"b\nc", "\r\n\r\n,\r"} {
		f.Add([]byte(s), byte(','))
	}
	f.Fuzz(func(t *testing.T, text []byte, delimiter byte) {
		if bytes.IndexByte([]byte("\"\r\n"), delimiter) >= 0 {
			return
		}
		at := uint64(0)
		rows := scan.NewRows(ingest.Input{Body: bytes.NewReader(text)}, delimiter, 0)
		for {
			var rec ingest.Record
			if rows.Next(&rec) != nil {
				return
			}
			if rec.Offset < at || rec.End > uint64(len(text)) || !bytes.Equal(rec.Raw, text[rec.Offset:rec.End]) {
				t.Fatalf("%q: %+v", text, rec)
			}
			at = rec.End
			if rec.Rejected != "" {
				continue
			}
			for _, c := range rows.Cells {
				if value := appendValue(nil, rec.Raw, c); !json.Valid(value) {
					t.Fatalf("%q: %q", text, value)
				}
			}
		}
	})
}

// TestHugeHeader is an error rather than columns with wrong names.
func TestHugeHeader(t *testing.T) {
	header := strings.Repeat("a_rather_long_name,", scan.HeadBytes/18) + "last"
	head, body, err := scan.HeadOf("x.csv", strings.NewReader(header+"\n1,2\n"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Importer{}.Open(ingest.Input{Name: "x.csv", Head: head, Body: body}, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var batch ingest.Batch
	if err := r.Read(&batch); err == nil || !strings.Contains(err.Error(), "longer than the first") {
		t.Errorf("%d records, %v", len(batch.Records), err)
	}
}
