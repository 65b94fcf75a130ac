package timeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"asof/engine/asof"

	"asof/engine/event"
	"asof/engine/eventlog"
)

func TestThePlaceSurvivesReopening(t *testing.T) {
	ctx, dir := context.Background(), folder(t, shop())
	s := must(Open(ctx, Options{Dir: dir, Projections: []string{"tally"}}))(t)
	if _, known := s.Restored(); known {
		t.Error("a new store remembers a place")
	}
	if _, err := s.SetMark(ctx, "", 6, "why?"); err != nil {
		t.Fatal(err)
	}
	s.Visit(Cursor{Position: 2}, false)
	s.Visit(Cursor{Position: 3}, false)
	s.Visit(Cursor{Position: 7, Key: "order-1", Pinned: true}, true)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = session(t, Options{Dir: dir})
	if c, known := s.Restored(); !known || c.Position != 7 || !c.Pinned {
		t.Errorf("restored %+v, %v", c, known)
	}
	if p := must(s.Projection(ctx, ""))(t); p.Name != "tally" {
		t.Errorf("the projection is %s", p.Name)
	}
	if marks := must(s.Marks(ctx))(t); len(marks) != 1 || marks[0].Name != "a" || marks[0].Note != "why?" {
		t.Errorf("marks %+v", marks)
	}
	if c, ok := s.Back(); !ok || c.Position != 3 {
		t.Errorf("back to %+v, %v", c, ok)
	}
	if _, ok := s.Back(); ok {
		t.Error("the trail does not end")
	}
}

func TestTheTrailIsBounded(t *testing.T) {
	s := session(t, Options{Dir: folder(t, shop()), NoIndex: true})
	for pos := range 3 * trailLength {
		s.Visit(Cursor{Position: event.Position(pos)}, true)
	}
	if n := len(s.Trail()); n != trailLength {
		t.Errorf("the trail has %d places", n)
	}
}

func TestLookingDoesNotWriteToTheLog(t *testing.T) {
	ctx, dir := context.Background(), folder(t, shop())
	path := dir + "/" + eventlog.FileName
	before := must(os.ReadFile(path))(t)
	s := must(Open(ctx, Options{Dir: dir}))(t)
	if err := s.Await(ctx, "", s.Head(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetMark(ctx, "x", 3, ""); err != nil {
		t.Fatal(err)
	}
	s.Visit(Cursor{Position: 3}, true)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if after := must(os.ReadFile(path))(t); !slices.Equal(before, after) {
		t.Error("the log's file has changed")
	}
}

func TestProjectionsInUse(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop()), Projections: []string{"merge", "tally"}})
	if _, err := s.Use(ctx, "tally", "/type"); err != nil {
		t.Fatal(err)
	}
	if err := s.Await(ctx, "tally by /type", s.Head(), nil); err != nil {
		t.Fatal(err)
	}
	names := func() string {
		text := ""
		for _, p := range must(s.Projections(ctx))(t) {
			text += fmt.Sprintf("%s %d %v; ", p.Name, p.Position, p.InUse)
		}
		return text
	}
	if got := names(); got != "merge 8 true; tally 8 true; tally by /type 8 true; " {
		t.Error(got)
	}
	if err := s.Rebuild(ctx, "tally", nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Await(ctx, "tally", s.Head(), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Drop(ctx, "merge"); err != nil {
		t.Fatal(err)
	}
	if got := names(); got != "tally 8 true; tally by /type 8 true; " {
		t.Error(got)
	}
	var none *NoProjectionError
	if _, err := s.State(ctx, Point{Projection: "merge"}); !errors.As(err, &none) {
		t.Errorf("a dropped projection says %v", err)
	}
	if keys := must(s.Keys(ctx, KeysQuery{Projection: "tally by /type", At: 8}))(t); len(keys) != 5 {
		t.Errorf("keys %v", keys)
	}
}

func TestAnEditedScript(t *testing.T) {
	ctx, dir := context.Background(), folder(t, shop())
	v1, v2 := scripts(t)
	s := must(Open(ctx, Options{Dir: dir, Projections: []string{v1}}))(t)
	if err := s.Await(ctx, "v1", s.Head(), nil); err != nil {
		t.Fatal(err)
	}
	edited := must(os.ReadFile(v2))(t)
	if err := os.WriteFile(v1, edited, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Rebuild(ctx, "v1", nil); err != nil {
		t.Fatal(err)
	}
	if st := must(s.State(ctx, Point{Key: "order-1", At: 7}))(t); st.Root.Get("refunded").Text() != "31.5" {
		t.Errorf("the state is %s", st.Root.JSON())
	}
	if list := must(s.Projections(ctx))(t); len(list) != 1 {
		t.Errorf("indexes %+v", list)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(v1); err != nil {
		t.Fatal(err)
	}
	// The script's text is kept with its index: the store answers without the file.
	s = session(t, Options{Dir: dir, Projections: []string{"v1"}, ReadOnly: true})
	if st := must(s.State(ctx, Point{Key: "order-1", At: 7}))(t); st.Root.Get("refunded").Text() != "31.5" {
		t.Errorf("without the file the state is %s", st.Root.JSON())
	}
}

func TestFailedFold(t *testing.T) {
	ctx := context.Background()
	path := t.TempDir() + "/fails.star"
	script := "def apply(state, event):\n    if event.type == \"Noted\":\n        fail(\"no notes\")\n    state.n = (state.n or 0) + 1\n"
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	s := session(t, Options{Dir: folder(t, shop()), Projections: []string{path}})
	doc := must(s.Document(ctx, DocumentQuery{Point: Point{Key: "order-1", At: 4}}))(t)
	if doc.Failed == nil || doc.Failed.Line != 3 || doc.Tainted != 4 {
		t.Errorf("the failed fold shows as %+v, tainted from %d", doc.Failed, doc.Tainted)
	}
	if stop := must(s.Step(ctx, 8, Step{Kind: StepProblem, Direction: Backward}))(t); stop.Position != 4 {
		t.Errorf("the problem before is at %+v", stop)
	}
}

func TestPickKeys(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	for text, want := range map[string]string{"": "order-1", "2": "order-2", "or1": "order-1", "pay:4": "pay:4", "y4": "pay:4"} {
		got := must(s.PickKeys(ctx, "", 8, text, 10))(t)
		if len(got) == 0 || got[0].Key != want || len(got[0].Matched) != len(text) {
			t.Errorf("%q: got %+v, want %s first", text, got, want)
		}
	}
	if got := must(s.PickKeys(ctx, "", 8, "xyz", 10))(t); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestInfoAndVerify(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	info := must(s.Info(ctx))(t)
	if info.Events != 8 || info.Streams != 3 || len(info.Types) != 5 || len(info.Projections) != 1 || info.Untimed != 1 || info.Title != "test" {
		t.Errorf("got %+v", info)
	}
	v := must(s.Verify(ctx, nil))(t)
	if !v.OK || v.Root != info.Root || len(v.Checks) != 2 || v.Position != 8 {
		t.Errorf("got %+v", v)
	}
}

func TestADamagedIndexIsBuiltAnew(t *testing.T) {
	ctx, dir := context.Background(), folder(t, shop())
	s := must(Open(ctx, Options{Dir: dir, Projections: []string{"merge"}}))(t)
	if err := s.Await(ctx, "merge", s.Head(), nil); err != nil {
		t.Fatal(err)
	}
	want := string(must(s.State(ctx, Point{Key: "order-1", At: 7}))(t).Root.JSON())
	path := asof.Path(s.Dir(), must(s.Projection(ctx, "merge"))(t).Identity)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	pristine := must(os.ReadFile(path))(t)
	for _, spoil := range []func([]byte) []byte{
		func(b []byte) []byte { return b[:9000] },
		func(b []byte) []byte { return nil },
		func(b []byte) []byte {
			for i := 8192; i < len(b); i += 64 {
				b[i] ^= 16
			}
			return b
		},
	} {
		if err := os.WriteFile(path, spoil(append([]byte(nil), pristine...)), 0o600); err != nil {
			t.Fatal(err)
		}
		told := make(chan string, 10)
		s := must(Open(ctx, Options{Dir: dir, Projections: []string{"merge"}, Notice: func(text string) { told <- text }}))(t)
		if err := s.Await(ctx, "merge", s.Head(), nil); err != nil {
			t.Fatal(err)
		}
		if got := string(must(s.State(ctx, Point{Key: "order-1", At: 7}))(t).Root.JSON()); got != want {
			t.Errorf("%s, not %s", got, want)
		}
		if p := must(s.Projection(ctx, "merge"))(t); len(told) != 1 || p.Notice != <-told {
			t.Errorf("told %d times, then %q", len(told), p.Notice)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestQuestionsWhileAnIndexIsSwapped(t *testing.T) {
	ctx, dir := context.Background(), folder(t, shop())
	v1, v2 := scripts(t)
	s := must(Open(ctx, Options{Dir: dir, Projections: []string{v1}}))(t)
	defer s.Close()
	if err := s.Await(ctx, "v1", s.Head(), nil); err != nil {
		t.Fatal(err)
	}
	stop, failed := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(failed)
		for {
			select {
			case <-stop:
				return
			default:
			}
			var behind *NotIndexedError
			if _, err := s.State(ctx, Point{Key: "order-1", At: 7}); err != nil && !errors.As(err, &behind) {
				failed <- err
				return
			}
		}
	}()
	for i := range 4 {
		if i == 2 {
			if err := os.WriteFile(v1, must(os.ReadFile(v2))(t), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Rebuild(ctx, "v1", nil); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	for err := range failed {
		t.Error(err)
	}
}
