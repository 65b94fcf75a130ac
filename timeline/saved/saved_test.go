package saved_test

import (
	"context"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"asof/timeline/saved"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// watched is a file that is watched; next is the name that is told next.
func watched(t *testing.T, name string) (next func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	files := saved.New(os.ReadFile)
	content, _ := os.ReadFile(name)
	files.Know(name, content)
	pull, stop := iter.Pull(files.Watch(ctx, func() []string { return []string{name} }))
	t.Cleanup(func() {
		cancel()
		stop()
	})
	return func() string {
		told, ok := pull()
		if !ok {
			t.Fatal("nothing was told")
		}
		return told
	}
}

func TestSaving(t *testing.T) {
	name := filepath.Join(t.TempDir(), "orders.star")
	write(t, name, "one")
	next := watched(t, name)
	for _, c := range []struct {
		how  string
		save func()
	}{
		{"written", func() { write(t, name, "two") }},
		{"renamed over", func() {
			write(t, name+"~", "three")
			if err := os.Rename(name+"~", name); err != nil {
				t.Fatal(err)
			}
		}},
		{"moved away and made anew", func() {
			if err := os.Rename(name, name+".bak"); err != nil {
				t.Fatal(err)
			}
			write(t, name, "four")
		}},
		{"truncated, and written later", func() {
			write(t, name, "")
			go func() {
				time.Sleep(600 * time.Millisecond) // longer than any rest
				_ = os.WriteFile(name, []byte("five"), 0o600)
			}()
		}},
		{"written before it was asked for", func() { write(t, name, "six") }},
	} {
		c.save()
		if told := next(); told != name {
			t.Errorf("%s: %q was told", c.how, told)
		}
	}
}

// What does not change the content is not told: the next thing that is told is the change after it.
func TestSavingTheSame(t *testing.T) {
	folder := t.TempDir()
	one, two := filepath.Join(folder, "one"), filepath.Join(folder, "two")
	write(t, one, "1")
	write(t, two, "2")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	files := saved.New(os.ReadFile)
	files.Know(one, []byte("1"))
	files.Know(two, []byte("2"))
	if !files.Knows(one) || files.Knows("three") {
		t.Error("it does not know what it knows")
	}
	pull, stop := iter.Pull(files.Watch(ctx, func() []string { return []string{one, two} }))
	defer stop()
	write(t, one, "1")
	write(t, two, "22")
	if told, _ := pull(); told != two {
		t.Errorf("%q was told", told)
	}
}

func TestALink(t *testing.T) {
	real := filepath.Join(t.TempDir(), "real.star")
	write(t, real, "one")
	link := filepath.Join(t.TempDir(), "link.star")
	if err := os.Symlink(real, link); err != nil {
		t.Skip("no links here")
	}
	next := watched(t, link)
	write(t, real, "two")
	if told := next(); told != link {
		t.Errorf("%q was told", told)
	}
}
