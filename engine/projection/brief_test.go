package projection

import (
	"bytes"
	"fmt"
	"strings"
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
	laid   int  // documents that were put aside
	lost   bool // there are more places in the document than the table holds
}

func newBriefed(t interface{ Fatal(...any) }, most int) *briefed {
	p, err := Parse("merge", Options{})
	if err != nil {
		t.Fatal(err)
	}
	return newBriefedBy(p, most)
}

func newBriefedBy(p Projection, most int) *briefed {
	names := value.NewNames()
	places := value.NewPlaces(names, most)
	return &briefed{
		doc: value.NewDoc(), sheet: value.NewSheet(places), folder: p.NewFolder(),
		writer: p.(Briefing).NewBriefer(places), names: names, places: places, most: most,
	}
}

// step folds an event, and compares the writes and the documents. Where there is no brief, the sheet takes over the document.
func (w *briefed) step(t *rapid.T, stamp uint64, e *event.Event) (briefed bool) {
	return w.stepLoose(t, stamp, e, e)
}

// stepLoose is step with an event that says the same to the briefer.
func (w *briefed) stepLoose(t *rapid.T, stamp uint64, e, loose *event.Event) (briefed bool) {
	w.doc.Begin(stamp)
	err := w.folder.Apply(w.doc, e, "")
	if err != nil {
		w.doc.Rollback()
	}
	want := w.doc.Commit()
	brief, ok := w.writer.Brief(loose, []byte("x"))
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
	w.lay(t, row)
	return ok
}

// lay puts the document aside and takes it up again, at times for good.
func (w *briefed) lay(t *rapid.T, row []byte) {
	_, _ = w.sheet.AppendLaid(nil, 1<<20) // a layout that has not been met is not kept
	laid, ok := w.sheet.AppendLaid([]byte("x"), 1<<20)
	if !ok {
		return
	}
	w.laid++
	again := value.NewSheet(w.places)
	if !again.LoadLaid(laid[1:]) {
		t.Fatalf("%q: %q cannot be taken up", row, laid)
	}
	if mine := again.AppendBinary(nil); !bytes.Equal(mine, row) {
		t.Fatalf("%q\nis taken up as\n%q", row, mine)
	}
	if more, ok := again.AppendLaid([]byte("x"), 1<<20); !ok || !bytes.Equal(more, laid) {
		t.Fatalf("%q\nis laid as\n%q, then %q", row, laid, more)
	}
	if rapid.Bool().Draw(t, "aside") {
		w.sheet = again
	}
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
	briefs, laid := 0, 0
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
		laid += w.laid
	})
	if briefs == 0 || laid == 0 {
		t.Errorf("%d events had a brief, and %d documents were laid", briefs, laid)
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

// looseEvent is an event whose record is such a text around a payload, with its values cut out; quotes stay with the gaps where all
// values of a place are strings.
func looseEvent(moulds map[string]*event.Mould, shape string, values []string, before, behind string) *event.Event {
	gaps := strings.Split(shape, "%s")
	gaps[0], gaps[len(gaps)-1] = before+gaps[0], gaps[len(gaps)-1]+behind
	c := &event.Cast{Text: []byte("text ")}
	for i, v := range values {
		if n := len(v); n > 1 && v[0] == '"' && v[n-1] == '"' {
			gaps[i], v, gaps[i+1] = gaps[i]+`"`, v[1:n-1], `"`+gaps[i+1]
		}
		c.Values = append(c.Values, event.Span{Off: uint32(len(c.Text)), Len: uint32(len(v))})
		c.Text = append(append(c.Text, v...), 0)
	}
	name := strings.Join(gaps, "\x00")
	if moulds[name] == nil {
		moulds[name] = &event.Mould{Gaps: gaps}
	}
	c.Mould = moulds[name]
	c.From = event.Cut{Behind: uint32(len(before))}
	c.To = event.Cut{Values: uint32(len(values)), Behind: uint32(len(gaps[len(gaps)-1]) - len(behind))}
	return &event.Event{Type: "T", Cast: c}
}

func TestLooseEventsSayTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, moulds := newBriefed(t, 1000), map[string]*event.Mould{}
		texts := []string{`"a"`, `"é"`, `"x\n"`, `"\"`, "\"\xff\"", `""`, `"a":1,"b"`, "\"é\x01\"", `"a longer text"`}
		others := []string{`1`, `-2.50`, `1e3`, `true`, `false`, `null`, `01`, `tru`, `1,"z":2`, `[]`, `[1,2]`, `{"p":1}`, ``}
		var of [3][]string
		for i := range of {
			of[i] = [][]string{texts, others, append(texts, others...)}[rapid.IntRange(0, 2).Draw(t, "kind")]
		}
		for i := range rapid.IntRange(1, 25).Draw(t, "events") {
			var values []string
			for i := range of {
				values = append(values, rapid.SampledFrom(of[i]).Draw(t, "value"))
			}
			shape := rapid.SampledFrom([]string{
				`{"a":%s,"b":{"c":%s,"d":%s}}`, ` {"a" : %s , "k":"stays","b":{"c":%s},"e":%s,"n":12.50 } `, `{"b":%s,"a":%s,"f":[%s]}`, `{"a":"x%s","b":%s,"c":%s}`,
			}).Draw(t, "shape")
			loose := looseEvent(moulds, shape, values, rapid.SampledFrom([]string{"", `{"data":`}).Draw(t, "before"), rapid.SampledFrom([]string{"", `,"more":1}`}).Draw(t, "behind"))
			text := string(loose.Data())
			if want := fmt.Sprintf(shape, values[0], values[1], values[2]); text != want {
				t.Fatalf("payload %q, want %q", text, want)
			}
			w.stepLoose(t, uint64(i+1), &event.Event{Type: "T", Raw: []byte(text), Payload: event.Whole(0, len(text))}, loose)
		}
	})
}
