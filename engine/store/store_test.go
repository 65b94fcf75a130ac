package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("STORE_TEST_COUNT"); path != "" {
		os.Exit(countChild(path))
	}
	goleak.VerifyTestMain(m)
}

var bucket = []byte("b")

func create(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s", "x.bolt")
	err := Create(t.Context(), path, func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket(bucket)
		for i := range n {
			if err == nil {
				err = b.Put(fmt.Appendf(nil, "%06d", i), make([]byte, 700))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, path string, opts Options) *File {
	t.Helper()
	f, err := Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestCreateMakesAllOrNothing(t *testing.T) {
	path := create(t, 3)
	if err := Create(t.Context(), path, func(*bbolt.Tx) error { return nil }); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("creating it again: %v", err)
	}
	info, _ := os.Stat(path)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	other := filepath.Join(filepath.Dir(path), "y.bolt")
	if err := Create(t.Context(), other, func(*bbolt.Tx) error { panic("halfway") }); err == nil {
		t.Fatal("no error")
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if _, err := os.Stat(other); !errors.Is(err, fs.ErrNotExist) || len(left) > 0 {
		t.Fatalf("left behind: %v %v", err, left)
	}
	if _, err := Open(t.Context(), other, Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("opening what is not there: %v", err)
	}
}

func increment(f *File) error {
	return f.Update(context.Background(), func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucket)
		var n uint64
		if v := b.Get([]byte("n")); v != nil {
			n = binary.BigEndian.Uint64(v)
		}
		return b.Put([]byte("n"), binary.BigEndian.AppendUint64(nil, n+1))
	})
}

func counted(t *testing.T, f *File) (n uint64) {
	t.Helper()
	if err := f.View(t.Context(), func(tx *bbolt.Tx) error {
		n = binary.BigEndian.Uint64(tx.Bucket(bucket).Get([]byte("n")))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func countChild(path string) int {
	f, err := Open(context.Background(), path, Options{})
	for i := 0; i < 40 && err == nil; i++ {
		if err = increment(f); err == nil {
			err = f.View(context.Background(), func(*bbolt.Tx) error { return nil })
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_ = f.Close()
	return 0
}

func TestProcessesShareOneFile(t *testing.T) {
	path := create(t, 0)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			child := exec.Command(os.Args[0], "-test.run=^$")
			child.Env = append(os.Environ(), "STORE_TEST_COUNT="+path)
			if out, err := child.CombinedOutput(); err != nil {
				t.Errorf("child: %v\n%s", err, out)
			}
		})
	}
	f := open(t, path, Options{})
	for range 40 {
		if err := increment(f); err != nil {
			t.Error(err)
		}
	}
	group.Wait()
	if n := counted(t, f); n != 5*40 {
		t.Fatalf("counted %d", n)
	}
}

func TestHandlesInOneProcess(t *testing.T) {
	path := create(t, 0)
	a, b := open(t, path, Options{}), open(t, path, Options{})
	var group sync.WaitGroup
	for i := range 30 {
		group.Go(func() {
			f := []*File{a, b}[i%2]
			if err := increment(f); err != nil {
				t.Error(err)
			}
			_ = f.View(t.Context(), func(*bbolt.Tx) error { return nil })
		})
	}
	group.Wait()
	if n := counted(t, open(t, path, Options{ReadOnly: true})); n != 30 {
		t.Fatalf("counted %d", n)
	}
}

func TestWaitingWriterIsToldWhoHolds(t *testing.T) {
	path := create(t, 0)
	a, b := open(t, path, Options{}), open(t, path, Options{})
	hold, held := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		done <- a.Update(t.Context(), func(*bbolt.Tx) error { close(held); <-hold; return nil })
	}()
	<-held
	err := increment(b)
	var who *HeldError
	if !errors.As(err, &who) || who.Holder.PID != os.Getpid() || who.Path != path {
		t.Errorf("%v", err)
	}
	close(hold)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := increment(b); err != nil {
		t.Fatal(err)
	}
}

func TestCancelWhileWaiting(t *testing.T) {
	path := create(t, 0)
	a, b := open(t, path, Options{}), open(t, path, Options{})
	err := a.Update(t.Context(), func(*bbolt.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := b.View(ctx, func(*bbolt.Tx) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestErrorsOfTheCallerUndoAndHarmNothing(t *testing.T) {
	f := open(t, create(t, 3), Options{})
	boom := errors.New("boom")
	for _, fail := range []func() error{func() error { return boom }, func() error { panic(boom) }} {
		err := f.Update(t.Context(), func(tx *bbolt.Tx) error {
			if err := tx.Bucket(bucket).Put([]byte("x"), nil); err != nil {
				return err
			}
			return fail()
		})
		if err == nil {
			t.Fatal("no error")
		}
		if err := f.View(t.Context(), func(tx *bbolt.Tx) error {
			if tx.Bucket(bucket).Get([]byte("x")) != nil {
				t.Error("not undone")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := increment(f); err != nil {
		t.Fatal(err)
	}
}

func TestFailedCommitPoisons(t *testing.T) {
	f := open(t, create(t, 3), Options{})
	release := limitFileSize(t, 16<<20) // more than the log that the go tool keeps of a test, which must not fail to be written
	err := f.Update(t.Context(), func(tx *bbolt.Tx) error {
		return tx.Bucket(bucket).Put([]byte("x"), make([]byte, 24<<20))
	})
	release()
	if err == nil || errors.Is(err, ErrPoisoned) {
		t.Fatalf("%v", err)
	}
	if err := increment(f); !errors.Is(err, ErrPoisoned) {
		t.Fatalf("%v", err)
	}
	if err := f.View(t.Context(), func(*bbolt.Tx) error { return nil }); err != nil {
		t.Fatalf("reading goes on: %v", err)
	}
	if err := increment(open(t, f.Path(), Options{})); err != nil {
		t.Fatalf("a new handle: %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	f := open(t, create(t, 3), Options{ReadOnly: true})
	if err := increment(f); !errors.Is(err, ErrReadOnly) {
		t.Fatal(err)
	}
	_ = f.Close()
	if err := f.View(t.Context(), nil); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
}

func TestSwap(t *testing.T) {
	to, from := create(t, 1), create(t, 5)
	f := open(t, to, Options{ReadOnly: true})
	if err := Swap(t.Context(), from, to); err != nil {
		t.Fatal(err)
	}
	if err := f.View(t.Context(), func(tx *bbolt.Tx) error {
		if n := tx.Bucket(bucket).Stats().KeyN; n != 5 {
			t.Errorf("%d keys", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	if err := Remove(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Dir(to) + "/*"); len(left) > 0 {
		t.Fatal(left)
	}
}

// readAll opens a file and reads all that is in it; damage must be an error and nothing else.
func readAll(path string) error {
	f, err := Open(context.Background(), path, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Check(context.Background()); err != nil {
		return err
	}
	return f.View(context.Background(), func(tx *bbolt.Tx) error {
		return tx.ForEach(func(_ []byte, b *bbolt.Bucket) error { return b.ForEach(func(k, v []byte) error { return nil }) })
	})
}

func TestDamageIsAnError(t *testing.T) {
	path := create(t, 900)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	try := func(name string, b []byte) {
		bad := filepath.Join(t.TempDir(), "bad.bolt")
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := readAll(bad); err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := 0; n < len(whole); n += 4096 {
		try("cut at "+strconv.Itoa(n), whole[:n])
	}
	for range 300 {
		b := append([]byte{}, whole...)
		at := random.IntN(len(b))
		if random.IntN(2) == 0 {
			at = at &^ 4095 // the heads of pages
			at += random.IntN(80)
		}
		b[min(at, len(b)-1)] ^= 1 << random.IntN(8)
		try("flip at "+strconv.Itoa(at), b)
	}
}

func TestFileCutUnderAReader(t *testing.T) {
	path := create(t, 900)
	f := open(t, path, Options{ReadOnly: true})
	err := f.View(t.Context(), func(tx *bbolt.Tx) error {
		if err := os.Truncate(path, 8192); err != nil {
			return err
		}
		return tx.Bucket(bucket).ForEach(func(k, v []byte) error { _ = v[0]; return nil })
	})
	if !errors.Is(err, ErrDamaged) {
		t.Fatalf("%v", err)
	}
}
