package projection

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// briefed folds the same events into a document and into a sheet.
type briefed struct {
	doc    *value.Doc
	sheet  *value.Sheet
	folder Folder
	writer Briefer
	names  *value.Names
	places *value.Places
	most   int
	lost   bool // there are more places in the document than the table holds
}

func newBriefed(t interface{ Fatal(...any) }, most int) *briefed {
	p, err := Parse("merge", Options{})
	if err != nil {
		t.Fatal(err)
	}
	names := value.NewNames()
	places := value.NewPlaces(names, most)
	return &briefed{
		doc: value.NewDoc(), sheet: value.NewSheet(places), folder: p.NewFolder(),
		writer: p.(Briefing).NewBriefer(places), names: names, places: places, most: most,
	}
}

// step folds an event, and compares the writes and the documents. Where there is no brief, the sheet takes over the document.
func (w *briefed) step(t *rapid.T, stamp uint64, e *event.Event) (briefed bool) {
	w.doc.Begin(stamp)
	err := w.folder.Apply(w.doc, e, "")
	if err != nil {
		w.doc.Rollback()
	}
	want := w.doc.Commit()
	brief, ok := w.writer.Brief(e, []byte("x"))
	var got []value.SheetWrite
	if ok = ok && !w.lost; ok {
		got, ok = w.sheet.Apply(stamp, brief[1:])
	}
	if ok {
		if err != nil {
			t.Fatalf("%s: a brief, and an error: %v", e.Data(), err)
		}
		w.compare(t, e, got, want)
	}
	row := w.doc.AppendBinary(nil, w.names)
	if !ok {
		if w.lost = !w.sheet.Load(row, 1<<20); w.lost {
			if w.most > 100 {
				t.Fatalf("%s: no sheet", e.Data())
			}
			return false
		}
	}
	if mine := w.sheet.AppendBinary(nil); !bytes.Equal(mine, row) {
		t.Fatalf("%s:\n%q\nwant\n%q", e.Data(), mine, row)
	}
	return ok
}

func (w *briefed) compare(t *rapid.T, e *event.Event, got []value.SheetWrite, want []value.Write) {
	if len(got) != len(want) {
		t.Fatalf("%s: %d writes, want %d", e.Data(), len(got), len(want))
	}
	for i := range got {
		g, v := &got[i], &want[i]
		if w.places.Path(g.Place) != v.Path || g.Op != v.Op {
			t.Fatalf("%s: write %d is %v at %q, want %v at %q", e.Data(), i, g.Op, w.places.Path(g.Place), v.Op, v.Path)
		}
		if g.Whole != (v.Op == value.Same && value.Identical(v.Old, v.New)) {
			t.Fatalf("%s: write %d at %q: whole is %v", e.Data(), i, v.Path, g.Whole)
		}
		w.same(t, w.sheet.Now(g), v.New)
		w.same(t, w.sheet.Was(g), v.Old)
	}
}

func (w *briefed) same(t *rapid.T, f value.Flat, n *value.Node) {
	if f.Kind != n.Kind() {
		t.Fatalf("a %v, want %s", f.Kind, n.JSON())
	}
	if n == nil {
		return
	}
	if got, want := w.sheet.AppendFlat(nil, f), value.AppendNode(nil, n, w.names); !bytes.Equal(got, want) {
		t.Fatalf("%q, want %q of %s", got, want, n.JSON())
	}
	if f.Kind == value.Bool && f.True != n.IsTrue() || f.Text != nil && string(f.Text) != n.Text() {
		t.Fatalf("%v, want %s", f, n.JSON())
	}
}

func TestBriefsSayWhatMergeDoes(t *testing.T) {
	briefs := 0
	rapid.Check(t, func(t *rapid.T) {
		w := newBriefed(t, rapid.SampledFrom([]int{6, 12, 1000}).Draw(t, "places"))
		for i := range rapid.IntRange(1, 12).Draw(t, "events") {
			text := payloads(3).Draw(t, "payload")
			if rapid.IntRange(0, 9).Draw(t, "none") == 0 {
				text = ""
			}
			e := &event.Event{Type: rapid.SampledFrom([]string{"A", "B", "é", "a\"b", "\xff"}).Draw(t, "type"), Raw: []byte(text)}
			if text != "" {
				e.Payload = event.Whole(0, len(text))
			}
			if rapid.Bool().Draw(t, "timed") {
				e.Time = event.Of(time.Unix(int64(1e9+i*50_000), int64(i)*1e6).UTC())
			}
			if w.step(t, uint64(i+1), e) {
				briefs++
			}
		}
	})
	if briefs == 0 {
		t.Error("no event had a brief")
	}
}

func TestTextsOfOneShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newBriefed(t, 1000)
		value := func() string {
			return rapid.SampledFrom([]string{`1`, `-2.50`, `1e3`, `"a"`, `"é"`, `"x\n"`, `true`, `false`, `null`, `[]`, `[1,2]`, `{"p":1}`, `"\"`, `01`, `tru`, "\"\xff\"", `""`}).Draw(t, "value")
		}
		for i := range rapid.IntRange(1, 12).Draw(t, "events") {
			text := fmt.Sprintf(rapid.SampledFrom([]string{
				`{"a":%s,"b":{"c":%s,"d":%s}}`, ` {"a" : %s , "b":{"c":%s},"e":%s } `, `{"b":%s,"a":%s,"f":[%s]}`,
			}).Draw(t, "shape"), value(), value(), value())
			w.step(t, uint64(i+1), &event.Event{Type: "T", Raw: []byte(text), Payload: event.Whole(0, len(text))})
		}
	})
}
