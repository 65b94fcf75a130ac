package ingest

import (
	"bytes"
	"crypto/sha256"
	"io"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestLedgerOfPassedBytes writes and passes at random: wherever a record may end, the ledger stands as one that kept it all.
func TestLedgerOfPassedBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLedger(place{})
		var all []byte
		write := func(name string) {
			for range rapid.IntRange(0, 4).Draw(t, name) {
				size := rapid.SampledFrom([]int{1, 7, 1000, tailSize - 1, tailSize, tailSize + 1, 3 * tailSize}).Draw(t, "size")
				p := bytes.Repeat([]byte(rapid.SampledFrom([]string{"x", "ab\n", "\n"}).Draw(t, "text")), size)[:size]
				all = append(all, p...)
				l.wrote(p)
			}
		}
		for range rapid.IntRange(1, 4).Draw(t, "records") {
			write("of records")
			from := rapid.IntRange(int(l.at), len(all)).Draw(t, "from")
			for range 3 {
				write("passed")
				l.pass(uint64(from), uint64(len(all)))
			}
			passed := len(all)
			write("behind")
			to := rapid.IntRange(passed, len(all)).Draw(t, "to")
			if rapid.Bool().Draw(t, "before") {
				to = rapid.IntRange(0, from).Draw(t, "earlier")
			}
			stands(t, l, all, to)
			if to < passed {
				stands(t, l, all, passed)
			}
		}
	})
}

// stands advances a ledger and compares it with what the bytes before it say.
func stands(t *rapid.T, l *ledger, all []byte, to int) {
	to = max(to, int(l.at))
	if err := l.advance(uint64(to)); err != nil {
		t.Fatal(err)
	}
	got, err := l.place()
	if err != nil {
		t.Fatal(err)
	}
	tail := sha256.Sum256(all[max(0, to-tailSize):to])
	want := place{Offset: uint64(to), Lines: countLines(all[:to]), TailLen: min(to, tailSize), Tail: tail[:], Sum: got.Sum}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("at %d of %d: %+v, want %+v", to, len(all), got, want)
	}
}

// TestSums reads a plain file in pieces, ahead of its ledger, and goes on from places on the way, with a reader that begins there or
// earlier: each place is what the bytes before it say.
func TestSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		head := rapid.IntRange(0, 3).Draw(t, "head")
		size := rapid.SampledFrom([]int{0, 1, 1000, tailSize, markStep - 1, markStep, 3*markStep + 5}).Draw(t, "size")
		raw := bytes.Repeat([]byte(rapid.SampledFrom([]string{"x", "abc\n", "\n"}).Draw(t, "text")), head+size)[:head+size]
		from := place{}
		for taken := 0; ; {
			reader := rapid.IntRange(0, int(from.Offset)).Draw(t, "reader")
			l, err := sumLedger(bytes.NewReader(raw), head, from, uint64(reader))
			if err != nil {
				t.Fatal(err)
			}
			for taken = reader; taken < size && rapid.IntRange(0, 5).Draw(t, "killed") > 0; {
				n := min(size-taken, rapid.SampledFrom([]int{1, 100, 1 << 16, markStep + 1}).Draw(t, "piece"))
				l.wrote(raw[head+taken : head+taken+n])
				taken += n
				if taken < int(l.at) {
					continue
				}
				to := rapid.IntRange(int(l.at), taken).Draw(t, "to")
				if rapid.Bool().Draw(t, "keep up") {
					err = l.keepUp(uint64(to))
				} else {
					stands(t, l, raw[head:], to)
					from, err = l.place()
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			sum := sha256.New()
			sum.Write(raw[:head+int(from.Offset)])
			if want, err := marshalSum(sum); err != nil || from.Offset > 0 && !bytes.Equal(from.Sum, want) {
				t.Fatalf("at %d of %d: another sum (%v)", from.Offset, size, err)
			}
			if taken >= size {
				return
			}
		}
	})
}

// TestSumsOfAFileThatBecameShorter counts bytes that are no longer there when a place among them is asked for.
func TestSumsOfAFileThatBecameShorter(t *testing.T) {
	l, err := sumLedger(bytes.NewReader([]byte("one\n")), 0, place{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	l.wrote([]byte("one\ntwo\n"))
	if err := l.advance(8); err != nil {
		t.Fatal(err)
	}
	if _, err := l.place(); err == nil {
		t.Error("a place behind the end of the file")
	}
}

// TestLedgerKeepsLittleOfWhatIsPassed reads a long record of ever other bytes.
func TestLedgerKeepsLittleOfWhatIsPassed(t *testing.T) {
	l := newLedger(place{})
	for i := range 200 {
		l.wrote(bytes.Repeat([]byte{byte(i)}, 1<<16+i%3-1))
		l.pass(10, l.ends)
		kept := 0
		for _, s := range l.ahead {
			kept += len(s.tail)
		}
		if kept > 3*tailSize {
			t.Fatalf("%d bytes kept after %d", kept, l.ends)
		}
	}
	if err := l.advance(5 * tailSize); err == nil {
		t.Error("a record ended where none could")
	} else if err := l.advance(l.ends + 1); err == nil || io.EOF == err {
		t.Errorf("beyond the end: %v", err)
	}
}
