package asof

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// patchLog is a log of documents that are large and change a little now and then, in every way that merge can change them.
func patchLog(t *rapid.T) *memLog {
	rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	n, keys := rapid.IntRange(20, 90).Draw(t, "events"), rapid.IntRange(1, 3).Draw(t, "keys")
	wild := rapid.IntRange(0, 3).Draw(t, "wild") // how many events in ten write what patches cannot say
	log := &memLog{head: event.Position(n), block: rapid.IntRange(1, 30).Draw(t, "block")}
	var full strings.Builder
	for i := range 16 {
		fmt.Fprintf(&full, `,"field%d":"a text that stays %d"`, i, i)
	}
	value := func(depth int) string {
		some := []string{`1`, `1.0`, `2`, `"x"`, `"some longer text"`, `"some longer tale"`, `true`, `null`, `[]`, `[1,2]`, `[1,[2,{"a":1}]]`, `""`}
		if depth == 0 && rnd.IntN(10) < wild {
			some = append(some, `{}`, `{"p":1}`, `{"p":{}}`, `{"p":[1],"q":"v"}`)
		}
		return some[rnd.IntN(len(some))]
	}
	seen := map[int]bool{}
	for i := range n {
		key := rnd.IntN(keys)
		payload := ""
		switch {
		case !seen[key]:
			payload = `{"first":1` + full.String() + `,"o":{"p":1}}`
		case rnd.IntN(10) < wild && rnd.IntN(4) == 0:
			payload = `{"a":1,"a":2}` // no brief
		default:
			var b strings.Builder
			for range rnd.IntN(4) {
				name := []string{"a", "b", "c", "field3", "field9", "o", "new"}[rnd.IntN(7)]
				if strings.Contains(b.String(), `"`+name+`"`) {
					continue
				}
				fmt.Fprintf(&b, `,%q:`, name)
				if name == "o" && rnd.IntN(10) >= wild {
					fmt.Fprintf(&b, `{%q:%s}`, []string{"p", "q", "r"}[rnd.IntN(3)], value(1))
				} else {
					b.WriteString(value(0))
				}
			}
			payload = `{` + strings.TrimPrefix(b.String(), ",") + `}`
		}
		seen[key] = true
		raw := []byte(payload)
		log.events = append(log.events, event.Event{
			Position: event.Position(i + 1), Stream: event.StreamID(fmt.Sprintf("s-%d", key)), Type: []string{"Noted", "Noted", "Sent"}[rnd.IntN(3)],
			Raw: raw, Payload: event.Whole(0, len(raw)),
		})
	}
	return log
}

// TestPatchesComeToTheDocument compares the documents at every position, with their blame, with those of a fold without an index, and
// how they read in a search; builds are cut short and go on, with so little memory that they read documents back.
func TestPatchesComeToTheDocument(t *testing.T) {
	patches, root := 0, t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		ctx, log := context.Background(), patchLog(t)
		p, err := projection.Parse("merge", projection.Options{})
		if err != nil {
			t.Fatal(err)
		}
		opts := Options{
			Segment: rapid.SampledFrom([]int{4, 8, 16, 32}).Draw(t, "segment"), Partitions: rapid.IntRange(1, 3).Draw(t, "partitions"),
			FrameBytes: rapid.SampledFrom([]int{64, 1024, 6 << 10}).Draw(t, "frame"), Memory: rapid.SampledFrom([]int64{1 << 10, 64 << 20}).Draw(t, "memory"),
		}
		dir, err := os.MkdirTemp(root, "")
		if err != nil {
			t.Fatal(err)
		}
		head := log.head
		for _, stop := range []event.Position{head / 2, head} {
			log.head = max(stop, 1)
			ix, err := Open(ctx, dir, log, p, opts)
			if err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "twice") && log.head > 2 {
				whole := log.head
				log.head = whole - event.Position(rapid.IntRange(1, 3).Draw(t, "before"))
				if err := ix.Build(ctx, nil); err != nil {
					t.Fatal(err)
				}
				log.head = max(whole, log.head)
			}
			if err := ix.Build(ctx, nil); err != nil {
				t.Fatal(err)
			}
			patches += patchesIn(t, ix)
			checkDocuments(t, ix, log, p)
			if err := ix.Verify(ctx, nil); err != nil {
				t.Fatal(err)
			}
			if err := ix.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
	if patches == 0 {
		t.Error("no group had a patch")
	}
}

// patchesIn counts the groups that have a patch.
func patchesIn(t *rapid.T, ix *Index) (n int) {
	err := ix.look(context.Background(), func(r *reader) error {
		for i := range r.extents {
			for k := range r.extents[i].parts {
				p, err := r.part(i, k)
				if err != nil {
					return err
				}
				for f := range p.frames {
					buf, err := p.frame(f, nil)
					for len(buf) > 0 && err == nil {
						var g group
						if g, buf, err = nextGroup(buf); g.patched {
							n++
						}
					}
					if err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func checkDocuments(t *rapid.T, ix *Index, log *memLog, p projection.Projection) {
	ctx, folder := context.Background(), p.NewFolder()
	docs, names := map[string]*value.Doc{}, value.NewNames()
	for i := range log.head {
		e := &log.events[i]
		key := string(e.Stream)
		doc := docs[key]
		if doc == nil {
			doc = value.NewDoc()
			docs[key] = doc
		}
		before := doc.Root().Clone()
		doc.Begin(uint64(e.Position))
		if err := folder.Apply(doc, e, key); err != nil {
			t.Fatal(err)
		}
		writes := doc.Commit()
		for key, doc := range docs {
			if key != string(e.Stream) && i%3 > 0 {
				continue
			}
			got, err := ix.State(ctx, key, e.Position)
			if err != nil {
				t.Fatal(err)
			}
			if want := encoded(doc.Root(), names); !bytes.Equal(encoded(got.Root, names), want) || uint64(got.Changed) != doc.Changed() {
				t.Fatalf("%s at %d:\n%s\n%s\nwant\n%s\n%s", key, e.Position, got.Root.JSON(), stamps("", got.Root), doc.Root().JSON(), stamps("", doc.Root()))
			}
		}
		told, err := ix.Writes(ctx, key, e.Position)
		if err != nil {
			t.Fatal(err)
		}
		if len(told) != len(writes) {
			t.Fatalf("%s at %d: %d writes, want %d", key, e.Position, len(told), len(writes))
		}
		for i, c := range told {
			if old := before.At(c.Path); c.Path != writes[i].Path || c.Op != writes[i].Op || i == 0 && !value.Identical(c.Old, old) {
				t.Fatalf("%s at %d: write %d is %v at %s, was %s, want %v at %s, was %s", key, e.Position, i, c.Op, c.Path, c.Old.JSON(), writes[i].Op, writes[i].Path, old.JSON())
			}
		}
	}
}

// stamps lists who wrote what last.
func stamps(name string, n *value.Node) string {
	text := fmt.Sprintf("%s:%d ", name, n.Changed())
	for name, kid := range n.Members() {
		text += stamps(name, kid)
	}
	for _, kid := range n.Items() {
		text += stamps("", kid)
	}
	return text
}

// encoded is a value with its stamps.
func encoded(n *value.Node, names *value.Names) []byte {
	dst := fmt.Appendf(value.AppendNode(nil, n, names), " %d", n.Changed())
	for name, kid := range n.Members() {
		dst = append(append(dst, name...), encoded(kid, names)...)
	}
	for _, kid := range n.Items() {
		dst = append(dst, encoded(kid, names)...)
	}
	return dst
}
