package timeline

import (
	"context"
	"errors"
	"iter"
	"os"
	"testing"
	"time"
)

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDrafts(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	const counting = "def apply(state, event):\n    state.n = (state.n or 0) + 1\n"
	path := t.TempDir() + "/counts_all.star"
	save(t, path, counting)
	s := session(t, Options{Dir: folder(t, shop()), Projections: []string{path}})
	if err := s.Await(ctx, "", s.Head(), nil); err != nil {
		t.Fatal(err)
	}
	next, stop := iter.Pull(s.Edited(ctx))
	defer stop()
	edited := func(text string) (*Draft, error) {
		t.Helper()
		save(t, path, text)
		edit, ok := next()
		if !ok || edit != (Edit{Projection: "counts_all"}) {
			t.Fatalf("%+v was edited, %v", edit, ok)
		}
		return s.Draft(ctx, edit.Projection, 4, nil)
	}
	n := func() string {
		return must(s.State(ctx, Point{Key: "order-1", At: 7}))(t).Root.Get("n").Text()
	}

	_, err := edited("def apply(state, event):\n    state.n = = 1\n")
	var wrong *ScriptError
	if !errors.As(err, &wrong) || wrong.Line != 2 || wrong.Col != 15 || wrong.File != path || wrong.Text != "    state.n = = 1" || n() != "5" {
		t.Errorf("a script that is none gives %+v; the state is %s", err, n())
	}

	d, err := edited("def apply(state, event):\n    if event.type == \"Noted\":\n        fail(\"no notes\")\n    state.n = (state.n or 0) + 2\n")
	if err != nil || d.Errors != 1 || d.Before != 0 || d.First.Line != 3 || d.First.Position != 4 || d.AtCursor == nil || n() != "5" {
		t.Errorf("a script that fails gives %+v, %v; the state is %s", d, err, n())
	}
	if err := s.Discard(d); err != nil || len(must(s.Projections(ctx))(t)) != 1 {
		t.Errorf("discarded: %v, %+v", err, must(s.Projections(ctx))(t))
	}

	d, err = edited(counting)
	if err != nil || !d.Same {
		t.Errorf("the script that is in use gives %+v, %v", d, err)
	}
	if err := errors.Join(s.Discard(d), s.Adopt(ctx, d)); err != nil || n() != "5" {
		t.Errorf("%v; the state is %s", err, n())
	}

	d, err = edited("def apply(state, event):\n    state.n = (state.n or 0) + 3\n")
	if err != nil || d.Errors != 0 || n() != "5" {
		t.Fatalf("a good script gives %+v, %v; the state is %s", d, err, n())
	}
	if err := s.Adopt(ctx, d); err != nil || n() != "15" {
		t.Errorf("%v; the state is %s", err, n())
	}
	rules := path + ".rules"
	save(t, rules, "few = \"not state.n > 9\"\n")
	if list, err := s.Rules(rules); err != nil || len(list) != 1 || list[0].Name != "few" {
		t.Errorf("rules %+v, %v", list, err)
	}
	save(t, rules, "few = \"not stat.n > 9\"\n")
	if edit, _ := next(); edit != (Edit{Rules: rules}) {
		t.Errorf("%+v was edited", edit)
	}
	if _, err := s.Rules(rules); !errors.As(err, &wrong) || wrong.Line != 1 || wrong.Text != "few = \"not stat.n > 9\"" {
		t.Errorf("rules that are wrong: %+v", err)
	}
	if err := s.Adopt(ctx, d); err == nil {
		t.Error("a draft of what is not in use any more was adopted")
	}
}
