package scan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// mapped is what Choose finds in lines, as "field=path" words in the order of Fields; a guess ends with a question mark.
func mapped(t *testing.T, lines []string, given map[string]string) string {
	t.Helper()
	head, _, err := HeadOf("x.jsonl", strings.NewReader(strings.Join(lines, "\n")+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := Choose(sampleOf(new(Scanner), head), given, "UTC")
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, f := range m.Fields {
		if f.Path != "" {
			word := f.Name + "=" + f.Path
			if f.Guess {
				word += "?"
			}
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// many makes n lines from a format with the line's number, its third and its fifth.
func many(n int, format string) []string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf(format, i, i%3, i%5))
	}
	return lines
}

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		name, line, want string
	}{
		{"spelling does not matter", `{"Event Type":"t%[2]d","eventId":"%[1]d","Stream-ID":"s%[3]d"}`, "id=/eventId stream=/Stream-ID type=/Event Type"},
		{"a constant is no type", `{"id":%[1]d,"type":"same","verb":"v%[2]d","subject":"s%[3]d"}`, "id=/id stream=/subject type=/verb"},
		{"a constant is no stream", `{"host":"same","hostname":"h%[3]d","type":"t%[2]d"}`, "stream=/hostname type=/type"},
		{"an id does not repeat", `{"id":"order-%[3]d","type":"t%[2]d"}`, "stream=/id? type=/type"},
		{"the text that repeats is a guess", `{"type":"t%[2]d","color":"c%[3]d","n":%[1]d,"text":"x%[1]d"}`, "stream=/color? type=/type"},
		{"a guess prefers names of things", `{"type":"t%[2]d","color":"c%[1]d%[3]d","car_id":"k%[3]d"}`, "stream=/car_id? type=/type"},
		{"a nested name is a guess", `{"type":"t%[2]d","repo":{"name":"r%[3]d"}}`, "stream=/repo/name? type=/type"},
		{"a date and a time of day are halves of a time", `{"subject":"s%[3]d","type":"t%[2]d","date":"2024-01-1%[3]d","time":"10:00:%02[1]d.5"}`,
			"time=/date clock=/time? stream=/subject type=/type"},
		{"times of day beside whole times are none of theirs", `{"subject":"s%[3]d","type":"t%[2]d","ts":"2024-01-01T00:00:%02[1]dZ","from":"10:00"}`,
			"time=/ts stream=/subject type=/type"},
		{"a zone beats none", `{"timestamp":"2024-01-01 00:00:%02[1]d","ts":"2024-01-01T00:00:00.%02[1]dZ","recorded_at":"2024-01-01T00:00:00Z"}`, "time=/ts recorded=/recorded_at"},
		{"a column of times by another name is a guess", `{"subject":"s%[3]d","type":"t%[2]d","Zeitpunkt":"%02[1]d.01.2024 10:00:00"}`, "time=/Zeitpunkt? stream=/subject type=/type"},
		{"the few texts that change most from event to event are a guess",
			`{"subject":"s%[3]d","place":"p%[3]d","was":"w%[2]d","n":"n%[1]d","at":%[1]d}`, "stream=/subject type=/was?"},
		{"days that can be no months come first", `{"subject":"s%[3]d","type":"t%[2]d","at":"%02[1]d/01/2024 10:00"}`, "time=/at? dates=dmy? stream=/subject type=/type"},
		{"days that can be no months come second", `{"subject":"s%[3]d","type":"t%[2]d","time":"1/%[1]d/2024 10:00"}`, "time=/time dates=mdy? stream=/subject type=/type"},
		{"what may be either is no time", `{"subject":"s%[3]d","type":"t%[2]d","time":"1/1/2024 10:%02[1]d"}`, "stream=/subject type=/type"},
		{"the only time there is, if it only says when a record was made", `{"subject":"s%[3]d","type":"t%[2]d","created":17000000%02[1]d}`, "time=/created? stream=/subject type=/type"},
		{"fewer steps back win", `{"timestamp":"2024-01-01T00:00:0%[2]dZ","time":"2024-01-01T00:00:%02[1]dZ"}`, "time=/time"},
		{"versions grow within their stream", `{"stream":"s%[3]d","type":"t%[2]d","version":%[1]d,"revision":1}`, "stream=/stream type=/type version=/version"},
		{"what does not grow is no version", `{"stream":"s%[3]d","type":"t%[2]d","version":%[2]d}`, "stream=/stream type=/type"},
		{"what numbers all is the sequence", `{"stream":"s%[3]d","type":"t%[2]d","position":%[1]d}`, "stream=/stream type=/type sequence=/position"},
		{"a payload, its metadata and the correlation within", `{"stream":"s%[3]d","type":"t%[2]d","data":{"x":1},"metadata":{"$correlationId":"c%[1]d","causation_id":"z%[1]d"}}`,
			"stream=/stream type=/type correlation=/metadata/$correlationId causation=/metadata/causation_id data=/data metadata=/metadata"},
		{"a body of text is no payload", `{"stream":"s%[3]d","type":"t%[2]d","body":"text"}`, "stream=/stream type=/type"},
		{"numbers as times", `{"stream":"s%[3]d","type":"t%[2]d","ts":17000000%02[1]d.5}`, "time=/ts stream=/stream type=/type"},
		{"durations are no times", `{"stream":"s%[3]d","type":"t%[2]d","time":"%[1]d ms"}`, "stream=/stream type=/type"},
		{"our own export", `{"position":%[1]d,"id":"i%[1]d","stream":"one","version":%[1]d,"type":"same","time":null,"data":{}}`,
			"id=/id stream=/stream? type=/type? version=/version sequence=/position data=/data"},
		{"one stream of one type", `{"n":"%[3]d","stream":"a","type":"x","kind":"k"}`, "stream=/stream? type=/type?"},
		{"a file of one type of event", `{"id":%[1]d,"event":"order_placed","order_id":"o-%[3]d"}`, "id=/id stream=/order_id? type=/event?"},
		{"the kind of a change that was captured", `{"table":"T","op_type":"o%[2]d","after":{"n":%[1]d}}`, "type=/op_type?"},
		{"a constant loses to all that varies", `{"stream":"a","type":"x","op":"o%[2]d","user":"u%[3]d"}`, "stream=/user type=/op"},
		{"how grave it is, is no type while something else is", `{"subject":"s%[3]d","type":"Normal","reason":"r%[2]d","level":"info","n":%[1]d}`, "stream=/subject type=/reason?"},
		{"words for how grave it is", `{"subject":"s%[3]d","type":"t","x":["Warning"],"level":%[2]d}`, "stream=/subject type=/type?"},
		{"nothing but how grave it is", `{"subject":"s%[3]d","level":%[2]d}`, "stream=/subject type=/level?"},
		{"a reference that never comes again is no stream", `{"taskId":"%[1]d","type":"t%[2]d","color":"c%[3]d"}`, "stream=/color? type=/type"},
		{"values in boxes that say their kind", `{"_id":{"$oid":"i%[1]d"},"aggregateId":{"$oid":"a%[3]d"},"type":{"S":"t%[2]d"},"createdAt":{"$date":"2024-01-01T00:00:%02[1]dZ"}}`,
			"time=/createdAt/$date id=/_id/$oid stream=/aggregateId/$oid type=/type/S"},
		{"an event in an envelope", `{"_id":"h%[1]d","_source":{"@timestamp":"2024-01-01T00:00:%02[1]dZ","event":{"action":"t%[2]d"},"user":{"name":"u%[3]d"}}}`,
			"time=/_source/@timestamp? id=/_id stream=/_source/user/name? type=/_source/event/action? data=/_source?"},
		{"a map of events is no envelope", `{"a":{"time":"2024-01-01T00:00:%02[1]dZ","type":"t%[2]d"},"b":{"time":"2024-01-01T00:00:%02[1]dZ","type":"t%[2]d"}}`, ""},
		{"boxes in an envelope", `{"Item":{"pk":{"S":"p%[3]d"},"type":{"S":"t%[2]d"},"at":{"S":"2024-01-01T00:00:%02[1]dZ"}}}`,
			"time=/Item/at/S? stream=/Item/pk/S? type=/Item/type/S? data=/Item?"},
		{"an envelope with a payload", `{"event":{"streamId":"s%[3]d","type":"t%[2]d","created":17000000%02[1]d,"data":{"x":1}},"commit":"%[1]d"}`,
			"time=/event/created? stream=/event/streamId? type=/event/type? data=/event/data?"},
		{"times inside of what has one are no envelope", `{"ts":17000000%02[1]d,"kind":"k%[2]d","user":"u%[3]d","data":{"time":17000000%02[1]d,"type":"t%[2]d"}}`,
			"time=/ts stream=/user type=/kind data=/data"},
		{"what a payload is about is a guess", `{"id":%[1]d,"type":"t%[2]d","data":{"order_id":"o%[3]d","total":%[1]d}}`, "id=/id stream=/data/order_id? type=/type data=/data"},
		{"what happened, said in a text of JSON", `{"ts":17000000%02[1]d,"key":"k%[3]d","message":"{\"event\":\"t%[2]d\"}"}`, "time=/ts stream=/key type=/message/event? data=/message?"},
		{"a subject that never comes again is no stream", `{"subject":"s%[1]d","type":"t%[2]d"}`, "type=/type"},
		{"a table of events", `{"global_index":%[1]d,"aggregate_identifier":"a%[3]d","sequence_number":%[1]d,"type":"Card","event_identifier":"e%[1]d","payload":{"x":1},"payload_type":"t%[2]d","time_stamp":"2024-01-01T00:00:%02[1]dZ"}`,
			"time=/time_stamp id=/event_identifier stream=/aggregate_identifier type=/payload_type sequence=/global_index data=/payload"},
		{"a small number by a name that is a guess is no time", `{"subject":"s%[3]d","type":"t%[2]d","at":%[1]d}`, "stream=/subject type=/type"},
		{"names that say little are no constants to take", `{"kind":"Event","host":"h","key":"k"}`, ""},
		{"names with a slash", `{"stream":"s%[3]d","a/b~c":1,"type":"t%[2]d"}`, "stream=/stream type=/type"},
	} {
		if got := mapped(t, many(40, c.line), nil); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestMapOverrides(t *testing.T) {
	lines := many(20, `{"id":%[1]d,"stream":"s%[3]d","type":"t%[2]d","o":{"a b":{"c":"x"}},"k.k":"%[3]d","x/y":"z"}`)
	for _, c := range []struct{ field, path, want string }{
		{"stream", "k.k", "id=/id stream=/k.k type=/type"},
		{"stream", "o.a b.c", "id=/id stream=/o/a b/c type=/type"},
		{"stream", "/o/a b/c", "id=/id stream=/o/a b/c type=/type"},
		{"stream", "x/y", "id=/id stream=/x~1y type=/type"},
		{"stream", "/x~1y", "id=/id stream=/x~1y type=/type"},
		{"type", "Stream", "id=/id stream=/k.k? type=/stream"},
		{"type", "", "id=/id stream=/stream"},
		{"id", "", "stream=/stream type=/type"},
		{"type", "absent", "id=/id stream=/stream type=/absent"},
	} {
		if got := mapped(t, lines, map[string]string{c.field: c.path}); got != c.want {
			t.Errorf("%s=%s:\ngot  %s\nwant %s", c.field, c.path, got, c.want)
		}
	}
	halves := many(20, `{"stream":"s%[2]d","type":"t%[3]d","date":"2024-01-15","time":"10:00:%02[1]d"}`)
	if got := mapped(t, halves, map[string]string{"clock": ""}); got != "time=/date stream=/stream type=/type" {
		t.Errorf("clock= gives %s", got)
	}
	if _, err := Choose(NewTable(), map[string]string{"nothing": "x"}, ""); err == nil || !strings.Contains(err.Error(), "correlation") {
		t.Errorf("a field that does not exist: %v", err)
	}
}

func TestVerdictTellsEveryField(t *testing.T) {
	m, err := Choose(NewTable(), nil, "UTC")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range m.Fields {
		names = append(names, f.Name)
		if f.Why == "" || f.Path != "" {
			t.Errorf("%+v", f)
		}
	}
	if !slices.Equal(names, Fields()) {
		t.Errorf("%v", names)
	}
}

func TestHeads(t *testing.T) {
	long := strings.Repeat(`{"a":"`+strings.Repeat("x", 1000)+`"},`, 2*HeadBytes/1000)
	for text, want := range map[string]string{
		`{"a":1}` + "\n" + `{"a":2}`:                                        "2",
		"\n\n  {\n\"a\":1\n}\n{\"a\":2}":                                    "2",
		`[{"a":1},{"a":2}]`:                                                 "[] 2",
		`{"history":{"events":[{"a":1}]},"events":[{}]}`:                    "history.events 1",
		`{"x":[{}],"events":[{"a":1}]}`:                                     "events 1",
		`{"Records":[{"a":1}]}` + "\n":                                      "Records 1",
		`{"events":[]}`:                                                     "events 0",
		`{"events":[1,2]}`:                                                  "1",
		`{"data":[{"a":1}]}`:                                                "data 1",
		`{"id":1,"type":"x","data":[{"a":1}]}`:                              "1",
		`{"events":[{"a":1}]}` + "\n" + `{"events":[{}]}`:                   "2",
		`{"n":1,"events":[` + long + `{}]}`:                                 "events 200",
		`[` + long + `{}]`:                                                  "[] 200",
		`{"count":3,"results":[{"a":1}]}`:                                   "results 1",
		`{"took":1,"hits":{"total":{"v":1},"hits":[{"a":1},{"a":2}]}}`:      "hits.hits 2",
		`{"x":{"y":{"nodes":[{"abc":100},{"abc":200},{"abc":300}]}},"n":0}`: "x.y.nodes 3",
		`{"events":[{"a":1}]},` + "\n" + `{"events":[{}]},`:                 "2",
		`{"z":[1],"x":[{"a":1},{"a":2},{"a":3}]}`:                           "x 3",
		`{"x":[{"a":1},{"a":2}]}`:                                           "1",
		`{"type":"x","id":1,"lines":[{"a":1},{"a":2},{"a":3}]}`:             "1",
		`{"note":"` + strings.Repeat("x", 99) + `","x":[{},{},{}]}`:         "1",
		`{"a.b":[{"a":1},{"a":2},{"a":3}]}`:                                 "1",
		`{"type":"x","id":1,"data":{"lines":[` + long + `{}]}}`:             "0",
		`{"n":{"m":1},"unknown":[` + long + `{}],"more":1}`:                 "unknown 200",
		`{"x":[{"a":1},{"a":2},{"a":3}]}` + "\n" + `{"x":[{},{},{},{}]}`:    "2",
		`[1,2]`:                         "0",
		`[]`:                            "[] 0",
		"stray\n{\"a\":1}\n{\"a\":2}\n": "2",
		"a,b\n1,2\n":                    "0",
		"":                              "0",
	} {
		head, _, err := HeadOf("x", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(fmt.Sprintf("%s %d", head.Wrapper, len(head.Records))); got != want {
			t.Errorf("%.60s: %s, want %s", text, got, want)
		}
	}
}

func FuzzHead(f *testing.F) {
	for _, s := range []string{`{"events":[{"a":1}]}`, `[{"a":1},`, "{\"a\":1}\n{", "a,b\n1,2", "{\"history\":{\"events\":[{}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		head, _, err := HeadOf("x", strings.NewReader(string(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range head.Records {
			if !Valid(r) {
				t.Fatalf("%q is no JSON", r)
			}
		}
		m, err := Choose(sampleOf(new(Scanner), head), nil, "UTC")
		if err != nil {
			t.Fatal(err)
		}
		given := map[string]string{}
		for _, field := range m.Fields {
			given[field.Name] = field.Path
		}
		again, err := Choose(sampleOf(new(Scanner), head), given, "UTC")
		if err != nil || !maps.EqualFunc(m.paths, again.paths, func(a, b [][]string) bool { return slices.EqualFunc(a, b, slices.Equal) }) {
			t.Fatalf("%v, then %v: %v", m.paths, again.paths, err)
		}
	})
}

func TestDatesThatSayNotWhichIsTheMonth(t *testing.T) {
	for name, c := range map[string]struct {
		dates []string
		given string
		want  string
	}{
		"closer together by days":   {[]string{"01/02/2024", "02/02/2024", "05/02/2024"}, "", "dmy?"},
		"closer together by months": {[]string{"2-1-2024", "2-2-2024", "2-5-2024"}, "", "mdy?"},
		"given against the looks":   {[]string{"01/02/2024", "02/02/2024"}, "mdy", "mdy"},
		"it steps back otherwise":   {[]string{"01/02/2024", "03/01/2024", "02/04/2024", "05/03/2024"}, "", "mdy?"},
		"may be either":             {[]string{"01/02/2024", "01/02/2024"}, "", ""},
	} {
		var lines []string
		for _, date := range c.dates {
			lines = append(lines, fmt.Sprintf(`{"type":"t","time":%q}`, date))
		}
		given := map[string]string{"time": "time"}
		if c.given != "" {
			given["dates"] = c.given
		}
		got := ""
		for _, word := range strings.Fields(mapped(t, lines, given)) {
			if order, found := strings.CutPrefix(word, "dates="); found {
				got = order
			}
		}
		if got != c.want {
			t.Errorf("%s: read as %q, want %q", name, got, c.want)
		}
	}
	if _, err := Choose(&Table{}, map[string]string{"dates": "ymd"}, "UTC"); err == nil || !strings.Contains(err.Error(), "dates=dmy") {
		t.Errorf("an order that is none: %v", err)
	}
}
