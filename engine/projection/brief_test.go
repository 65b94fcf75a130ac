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
	if ok = ok && !w.lost && w.sheet.Takes(brief[1:]); ok {
		got := told{w: w}
		w.sheet.Apply(stamp, brief[1:], &got)
		if err != nil {
			t.Fatalf("%s: a brief, and an error: %v", e.Data(), err)
		}
		w.compare(t, e, got.writes, want)
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

// told keeps what a scribe is told.
type told struct {
	w      *briefed
	writes []toldWrite
}

type toldWrite struct {
	at       value.Place
	op       value.Op
	whole    bool
	old, now []byte
}

func (l *told) Wrote(at value.Place, op value.Op, whole bool, old, now *value.Leaf) {
	if !whole && now.Memo != 0 {
		panic("a memo of another value")
	}
	now.Memo = 1
	l.writes = append(l.writes, toldWrite{at, op, whole, l.text(old), l.text(now)})
}

func (l *told) text(n *value.Leaf) []byte {
	if n == nil {
		return value.AppendNode(nil, nil, l.w.names)
	}
	return fmt.Appendf(l.w.sheet.AppendNode(nil, n), " %v %q %v %v", n.Kind(), l.w.sheet.Text(n), n.Kind() == value.Bool && n.IsTrue(), n.Kind() == value.String && n.IsPlain())
}

func (w *briefed) text(n *value.Node) []byte {
	dst := value.AppendNode(nil, n, w.names)
	if n == nil {
		return dst
	}
	text := ""
	if n.Kind() == value.String || n.Kind() == value.Number {
		text = n.Text()
	}
	return fmt.Appendf(dst, " %v %q %v %v", n.Kind(), text, n.IsTrue(), n.Kind() == value.String && n.IsPlain())
}

func (w *briefed) compare(t *rapid.T, e *event.Event, got []toldWrite, want []value.Write) {
	if len(got) != len(want) {
		t.Fatalf("%s: %d writes, want %d", e.Data(), len(got), len(want))
	}
	for i := range got {
		g, v := &got[i], &want[i]
		if w.places.Path(g.at) != v.Path || g.op != v.Op {
			t.Fatalf("%s: write %d is %v at %q, want %v at %q", e.Data(), i, g.op, w.places.Path(g.at), v.Op, v.Path)
		}
		if g.whole != (v.Op == value.Same && value.Identical(v.Old, v.New)) {
			t.Fatalf("%s: write %d at %q: whole is %v", e.Data(), i, v.Path, g.whole)
		}
		if now, old := w.text(v.New), w.text(v.Old); !bytes.Equal(g.now, now) || !bytes.Equal(g.old, old) {
			t.Fatalf("%s: write %d at %q: %q after %q, want %q after %q", e.Data(), i, v.Path, g.now, g.old, now, old)
		}
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
