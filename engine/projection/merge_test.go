package projection

import (
	"fmt"
	"testing"

	"asof/engine/event"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// payloads draws JSON texts, most of them objects, with names that come again, escapes, numbers in other digits and errors.
func payloads(depth int) *rapid.Generator[string] {
	scalar := rapid.SampledFrom([]string{
		`1`, `1.0`, `-0`, `0`, `12.50`, `1e2`, `"a"`, `"\u0061"`, `"é"`, `"longer than most texts are, so that it stands alone"`, `""`,
		`true`, `false`, `null`, `[]`, `{}`, `[1,{"a":"b"}]`, `[1.0,{"a":"b"}]`, "\"\\ud800\"", "\"\xff\"",
	})
	return rapid.Custom(func(t *rapid.T) string {
		if depth == 0 || rapid.IntRange(0, 3).Draw(t, "scalar") == 0 {
			return scalar.Draw(t, "value")
		}
		out := "{"
		for i := range rapid.IntRange(0, 5).Draw(t, "members") {
			if i > 0 {
				out += ", "
			}
			name := rapid.SampledFrom([]string{"a", "b", "c", "dd", `\u0061`, "$type", "$count", "x/y~z"}).Draw(t, "name")
			out += fmt.Sprintf(`"%s": %s`, name, payloads(depth-1).Draw(t, "member"))
		}
		return out + rapid.SampledFrom([]string{"}", "}", "}", "}", "}", "}", "}", "}", "}", ",}", "} 1"}).Draw(t, "end")
	})
}

// twin is a document that is folded twice: by a projection, and in a plain way.
type twin struct {
	fast, slow *value.Doc
	folder     Folder
	plain      func(t *tools, doc *value.Doc, e *event.Event) error
	names      *value.Names
}

// step folds an event into both, and compares what comes of it to the last stamp.
func (w *twin) step(t *rapid.T, stamp uint64, e *event.Event) {
	w.fast.Begin(stamp)
	w.slow.Begin(stamp)
	err, wantErr := w.folder.Apply(w.fast, e, ""), w.plain(&tools{}, w.slow, e)
	if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
		t.Fatalf("%s: %v, want %v", e.Data(), err, wantErr)
	}
	if err != nil {
		w.fast.Rollback()
		w.slow.Rollback()
	}
	got, want := w.fast.Commit(), w.slow.Commit()
	if len(got) != len(want) {
		t.Fatalf("%s: %d writes, want %d", e.Data(), len(got), len(want))
	}
	for i := range got {
		if say(got[i]) != say(want[i]) {
			t.Fatalf("%s: %s, want %s", e.Data(), say(got[i]), say(want[i]))
		}
	}
	if got, want := w.fast.AppendBinary(nil, w.names), w.slow.AppendBinary(nil, w.names); string(got) != string(want) {
		t.Fatalf("%s: %s, want %s, or other stamps", e.Data(), w.fast.Root().JSON(), w.slow.Root().JSON())
	}
}

func say(w value.Write) string {
	return fmt.Sprint(w.Op, w.Path, " ", string(w.Old.JSON()), string(w.New.JSON()))
}

func (w *twin) run(t *rapid.T) {
	var journal value.Journal
	w.fast.Share(&journal)
	for stamp := range uint64(rapid.IntRange(1, 8).Draw(t, "events")) {
		data := payloads(3).Draw(t, "payload")
		e := event.Event{Type: rapid.SampledFrom([]string{"A", "B", "é\xff"}).Draw(t, "type"), Raw: []byte(data), Payload: event.Whole(0, len(data))}
		if rapid.Bool().Draw(t, "timed") {
			e.Time = event.Unix(int64(stamp), 0, 0)
		}
		w.step(t, stamp+1, &e)
		clear(e.Raw)
		if rapid.Bool().Draw(t, "parked") {
			var err error
			src := w.fast.AppendBinary(nil, w.names)
			journal.Reuse()
			if w.fast, _, err = journal.DecodeDoc(src, w.names); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func newTwin(ref string, plain func(*tools, *value.Doc, *event.Event) error) *twin {
	p, _ := Parse(ref, Options{})
	return &twin{value.NewDoc(), value.NewDoc(), p.NewFolder(), plain, value.NewNames()}
}

func TestMergeIsAsIfThePayloadWereParsed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		newTwin("merge", func(tools *tools, doc *value.Doc, e *event.Event) error {
			root, err := tools.mergeHead(doc, e)
			if err != nil || len(e.Data()) == 0 {
				return err
			}
			return mergeParsed(doc, root, e.Data())
		}).run(t)
	})
}

func TestLastIsAsIfEachMemberWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { newTwin("last", plainLast).run(t) })
}

func plainLast(_ *tools, doc *value.Doc, e *event.Event) error {
	if len(e.Data()) == 0 {
		return nil
	}
	payload, err := value.Parse(e.Data())
	if err != nil {
		return payloadError(err)
	}
	if doc.Root().Kind() != value.Object || payload.Kind() != value.Object {
		return doc.SetRoot(payload)
	}
	return plainBecome(doc, doc.Root(), payload)
}

func plainBecome(doc *value.Doc, at, want *value.Node) error {
	var gone []string
	for name := range at.Members() {
		if want.Get(name) == nil {
			gone = append(gone, name)
		}
	}
	for _, name := range gone {
		if err := doc.DeleteMember(at, name); err != nil {
			return err
		}
	}
	for name, v := range want.Members() {
		old := at.Get(name)
		if old.Kind() == value.Object && v.Kind() == value.Object {
			if err := plainBecome(doc, old, v); err != nil {
				return err
			}
		} else if err := doc.SetMember(at, name, v); err != nil {
			return err
		}
	}
	return nil
}

func TestClockSaysWhatTextSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c clock
		for range rapid.IntRange(1, 20).Draw(t, "times") {
			sec := rapid.SampledFrom([]int64{0, 1_700_000_000, -1, 253402300800, -62167219201}).Draw(t, "base") + rapid.Int64Range(-90_000, 90_000).Draw(t, "sec")
			nsec := rapid.Int32Range(0, 1_999_999_999).Draw(t, "nsec")
			digits := rapid.IntRange(-1, 9).Draw(t, "digits")
			_, _, _, kind := event.Unix(0, 0, digits).Pack()
			at := event.Unpack(sec, nsec, rapid.SampledFrom([]int16{0, 0, 0, 330, -720}).Draw(t, "zone"), kind)
			if got := string(c.text(at)); got != at.Text() {
				t.Fatalf("%s, want %s", got, at.Text())
			}
		}
	})
}
