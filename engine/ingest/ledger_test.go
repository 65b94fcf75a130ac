package ingest

import (
	"bytes"
	"io"
	"testing"

	"pgregory.net/rapid"
)

// TestLedgerOfPassedBytes writes and passes at random: wherever a record may end, the ledger stands as one that kept it all.
func TestLedgerOfPassedBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, err := newLedger(nil, 0, place{})
		if err != nil {
			t.Fatal(err)
		}
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

// stands advances a ledger and compares it with one over bytes that can be read again.
func stands(t *rapid.T, l *ledger, all []byte, to int) {
	to = max(to, int(l.at))
	want, err := newLedger(bytes.NewReader(all), 0, place{})
	if err != nil {
		t.Fatal(err)
	}
	if err := want.advance(uint64(to)); err != nil {
		t.Fatal(err)
	}
	if err := l.advance(uint64(to)); err != nil {
		t.Fatal(err)
	}
	if l.at != want.at || l.lines != want.lines || !bytes.Equal(l.last(), want.last()) {
		t.Fatalf("at %d of %d: %d lines, %d last bytes; want %d, %d, %d", l.at, to, l.lines, len(l.last()), want.at, want.lines, len(want.last()))
	}
}

// TestLedgerKeepsLittleOfWhatIsPassed reads a long record of ever other bytes.
func TestLedgerKeepsLittleOfWhatIsPassed(t *testing.T) {
	l, err := newLedger(nil, 0, place{})
	if err != nil {
		t.Fatal(err)
	}
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
