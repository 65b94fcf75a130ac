package casefile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"asof/engine/event"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, dir string, readOnly bool) *File {
	t.Helper()
	f, err := Open(context.Background(), dir, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	f.delay = time.Millisecond
	return f
}

func shut(t *testing.T, f *File) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestMarksSurviveReopening(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	f := open(t, dir, false)
	for _, pos := range []event.Position{30, 10, 20} {
		if _, err := f.SetMark(ctx, Mark{Position: pos}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.SetMark(ctx, Mark{Name: "refund", Position: 15, Note: "why?"}); err != nil {
		t.Fatal(err)
	}
	if err := f.DeleteMark(ctx, "c"); err != nil {
		t.Fatal(err)
	}
	shut(t, f)

	f = open(t, dir, true)
	defer shut(t, f)
	marks, err := f.Marks(ctx)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, m := range marks {
		got += m.Name + " "
	}
	if got != "b refund a " || marks[1].Note != "why?" {
		t.Errorf("got %q: %+v", got, marks)
	}
	if _, err := f.SetMark(ctx, Mark{Position: 1}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a read-only case file took a mark: %v", err)
	}
}

func TestNotes(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	f := open(t, dir, false)
	defer shut(t, f)
	first, err := f.AddNote(ctx, 7, "paid twice")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.AddNote(ctx, 3, "placed"); err != nil {
		t.Fatal(err)
	}
	if err := f.DeleteNote(ctx, first.Number); err != nil {
		t.Fatal(err)
	}
	notes, err := f.Notes(ctx)
	if err != nil || len(notes) != 1 || notes[0].Text != "placed" {
		t.Errorf("got %+v, %v", notes, err)
	}
}

func TestThePlaceIsRemembered(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	f := open(t, dir, false)
	for pos := event.Position(1); pos <= 200; pos++ {
		f.Remember(Memory{Cursor: Cursor{Position: pos}, Trail: []Cursor{{Position: pos - 1}}})
	}
	if m, ok, err := f.Memory(ctx); !ok || err != nil || m.Cursor.Position != 200 {
		t.Errorf("before saving: %+v, %v, %v", m, ok, err)
	}
	shut(t, f)

	f = open(t, dir, false)
	defer shut(t, f)
	m, ok, err := f.Memory(ctx)
	if !ok || err != nil || m.Cursor.Position != 200 || len(m.Trail) != 1 {
		t.Errorf("after reopening: %+v, %v, %v", m, ok, err)
	}
}

func TestLookingMakesNoFile(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir, false)
	if marks, err := f.Marks(context.Background()); err != nil || len(marks) != 0 {
		t.Errorf("got %v, %v", marks, err)
	}
	shut(t, f)
	if _, err := os.Stat(filepath.Join(dir, FileName)); !os.IsNotExist(err) {
		t.Errorf("there is a file: %v", err)
	}
}

func TestDamageIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte("no bolt file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := Open(context.Background(), dir, false); err == nil {
		f.Close()
		t.Error("a damaged case file opened")
	}
}
