package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/store"
)

// children are what this test program does when a test starts it as another process.
var children = map[string]func(dir string) int{
	"append": appendChild,
	"import": importChild,
}

func child(role, dir string) *exec.Cmd {
	c := exec.Command(os.Args[0], "-test.run=^$")
	c.Env = append(os.Environ(), "EVENTLOG_TEST_ROLE="+role, "EVENTLOG_TEST_DIR="+dir)
	return c
}

const appendsPerChild = 12

// appendChild appends with an expected version, and tries again with the actual one whenever it comes too late. It prints
// the versions that it won.
func appendChild(dir string) int {
	ctx := context.Background()
	l, err := Open(ctx, dir, Options{Workers: 1})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer l.Close()
	expect := NoStream()
	for won := 0; won < appendsPerChild; {
		done, err := l.Append(ctx, "counter-1", expect, []New{{Type: "Counted", Data: []byte(strconv.Itoa(os.Getpid()))}})
		var conflict *VersionConflict
		var held *store.HeldError
		switch {
		case err == nil:
			fmt.Println(done.Version)
			expect = Exact(done.Version)
			won++
		case errors.As(err, &conflict):
			if expect = NoStream(); conflict.Exists {
				expect = Exact(conflict.Actual)
			}
		case errors.As(err, &held):
		default:
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return 0
}

func TestEightProcessesAppendWithOneWinnerAVersion(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	l := must(Create(t.Context(), dir, Identity{}, Options{}))(t)
	defer l.Close()
	var group sync.WaitGroup
	var mu sync.Mutex
	winners := map[string]int{}
	for range 8 {
		group.Go(func() {
			out, err := child("append", dir).Output()
			if err != nil {
				t.Errorf("child: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, v := range strings.Fields(string(out)) {
				winners[v]++
			}
		})
	}
	seen := event.Position(0)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for head := range l.Subscribe(ctx, 0) {
		if seen = head; seen == 8*appendsPerChild {
			break
		}
	}
	group.Wait()
	for v := 1; v <= 8*appendsPerChild; v++ {
		if winners[strconv.Itoa(v)] != 1 {
			t.Errorf("version %d has %d winners", v, winners[strconv.Itoa(v)])
		}
	}
	if seen != 8*appendsPerChild {
		t.Errorf("subscription saw %d", seen)
	}
	if r := must(l.Verify(t.Context(), nil))(t); !r.OK || r.Head != seen {
		t.Fatalf("%+v", r)
	}
}

const importTotal = 60_000

// importChild loads the same made-up source from where the log's table of sources says that it ended.
func importChild(dir string) int {
	ctx := context.Background()
	l, err := Open(ctx, dir, Options{Workers: 2})
	if err == nil {
		err = importRest(ctx, l, func(at event.Position) { fmt.Println(at) })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_ = l.Close()
	return 0
}

func importRest(ctx context.Context, l *Log, durable func(event.Position)) error {
	w, err := l.Writer(ctx)
	if err != nil {
		return err
	}
	defer w.Close()
	source := Source{Name: "made-up"}
	if list, err := l.Sources(ctx); err != nil {
		return err
	} else if len(list) > 0 {
		source = list[0]
	}
	s := &shop{random: rand.New(rand.NewPCG(1, 2)), streams: 500}
	var skip []event.Event
	for done := 0; done < importTotal; {
		batch := s.batch(skip[:0:0], 500)
		if done += len(batch); done <= int(source.Records) {
			continue
		}
		for i := range batch {
			if err := w.Add(&batch[i]); err != nil {
				return err
			}
		}
		source.Records = uint64(done)
		if source.ID, err = w.SetSource(source); err != nil {
			return err
		}
		if done%2000 == 0 {
			if err := w.Checkpoint(ctx); err != nil {
				return err
			}
			durable(w.Durable())
		}
	}
	head, err := w.Finish(ctx)
	durable(head)
	return err
}

// TestKilledImportGoesOn kills an import again and again and asks that what it told to be durable is there, and that it ends
// where an uninterrupted one does.
func TestKilledImportGoesOn(t *testing.T) {
	t.Parallel()
	whole := newBench(t)
	if err := importRest(t.Context(), whole, func(event.Position) {}); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "s")
	must(Create(t.Context(), dir, Identity{}, Options{}))(t).Close()
	kills := 0
	for tries := 0; ; tries++ {
		c := child("import", dir)
		out := &strings.Builder{}
		c.Stdout = out
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		var err error
		select {
		case err = <-ended:
		case <-time.After(time.Duration(20+rand.IntN(160)) * time.Millisecond):
			if tries < 25 {
				_ = c.Process.Kill()
				kills++
			}
			err = <-ended
		}
		l := must(Open(t.Context(), dir, Options{ReadOnly: true}))(t)
		told := event.Position(0)
		for _, line := range strings.Fields(out.String()) {
			at, _ := strconv.ParseUint(line, 10, 64)
			told = max(told, event.Position(at))
		}
		list := must(l.Sources(t.Context()))(t)
		if l.Head() < told || len(list) > 0 && event.Position(list[0].Records) != l.Head() {
			t.Fatalf("told %d, has %d, source %+v", told, l.Head(), list)
		}
		done := err == nil && l.Head() == importTotal
		if done || tries%5 == 0 {
			if r := must(l.Verify(t.Context(), nil))(t); !r.OK {
				t.Fatalf("%+v", r)
			}
		}
		if done && (l.Root() != whole.Root() || infoOf(l) != infoOf(whole)) {
			t.Fatalf("ends at %+v, not %+v", infoOf(l), infoOf(whole))
		}
		l.Close()
		if done {
			break
		}
		if tries > 60 {
			t.Fatalf("no end: %v", err)
		}
	}
	t.Logf("%d kills", kills)
}

func infoOf(l *Log) Info { return l.Info() }
