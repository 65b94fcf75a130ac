package eventlog

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"asof/engine/event"

	"pgregory.net/rapid"
)

// kindsOfValues draw a value of a column that is likely of one form.
var kindsOfValues = map[string]*rapid.Generator[string]{
	"text":   rapid.StringMatching(`[a-zé ]{0,12}`),
	"some":   rapid.SampledFrom([]string{"NO", "paid", "", "a rather long text, longer than others", "x"}),
	"whole":  rapid.Custom(func(t *rapid.T) string { return fmt.Sprint(rapid.Int64().Draw(t, "n")) }),
	"small":  rapid.Custom(func(t *rapid.T) string { return fmt.Sprint("order-", rapid.IntRange(-3, 99).Draw(t, "n")) }),
	"odd":    rapid.StringMatching(`-?0?[0-9]{0,20}(\.[0-9]{2})?( kg)?`),
	"money":  rapid.StringMatching(`-?(0|[1-9][0-9]{0,15})\.[0-9]{2} EUR`),
	"padded": rapid.StringMatching(`n[0-9]{4}`),
	"sparse": rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "n") + rapid.SampledFrom([]int{0, 0, 0, 1 << 40}).Draw(t, "far"))
	}),
	"time": rapid.Custom(func(t *rapid.T) string {
		return time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "sec"), rapid.Int64Range(0, 1e9-1).Draw(t, "nsec")).UTC().Format("2006-01-02T15:04:05.000000Z")
	}),
	"nanos": rapid.Custom(func(t *rapid.T) string {
		return time.Unix(rapid.Int64Range(-1<<31-1, 1<<31+1).Draw(t, "sec"), rapid.Int64Range(0, 1e9-1).Draw(t, "nsec")).UTC().Format("2006-01-02 15:04:05.000000000+02:00")
	}),
	"no time": rapid.StringMatching(`20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z`),
	"hex":     rapid.StringMatching(`[0-9a-f]{32}`),
	"short":   rapid.StringMatching(`[0-9a-f]{5}`),
	"uuid":    rapid.StringMatching(`[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[0-9A-F]{4}-[0-9A-F]{12}`),
	"base32":  rapid.StringMatching(`e-[0-9abcdefghjkmnpqrstvwxyz]{16}`),
	"base64":  rapid.StringMatching(`[0-9a-zA-Z_-]{21}`),
	"long":    rapid.StringMatching(`sha256:[0-9a-f]{64}`),
	"words":   rapid.StringMatching(`[A-Z][a-z]{9}`),
}

// columnsOf draws some columns with as many values each.
func columnsOf(t *rapid.T, names []string, n int) [][]byte {
	var columns [][]byte
	var last []string
	kind := ""
	for range rapid.IntRange(1, 4).Draw(t, "columns") {
		if kind == "" || rapid.IntRange(0, 2).Draw(t, "another") > 0 {
			kind = rapid.SampledFrom(names).Draw(t, "kind")
		}
		values := rapid.SliceOfN(kindsOfValues[kind], n, n).Draw(t, "values")
		switch odd := rapid.IntRange(0, n-1).Draw(t, "odd"); rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			values[odd] = "of another kind"
		case 1, 3:
			if len(last) > 0 {
				copy(values[odd:], last)
			}
		case 2:
			for i := range values {
				values[i] = values[0]
			}
		}
		last = values
		var column []byte
		for _, v := range values {
			column = append(append(column, v...), slotEnd)
		}
		columns = append(columns, column)
	}
	return columns
}

// castingOf is a mould in a block, with columns of n values.
func castingOf(columns [][]byte, n int, taught []learned) *casting {
	k := &casting{n: n, learned: taught}
	for _, column := range columns {
		k.slots = append(k.slots, slot{column, len(column)})
	}
	return k
}

func TestTypedColumnsComeBack(t *testing.T) {
	var names []string
	for name := range kindsOfValues {
		names = append(names, name)
	}
	seen, tries := map[uint8]bool{}, 0
	rapid.Check(t, func(t *rapid.T) {
		tries++
		var y typing
		taught := [2][]learned{}
		for block := range rapid.IntRange(1, 3).Draw(t, "blocks") { // what one teaches serves for the next
			n := rapid.IntRange(1, 60).Draw(t, "n")
			whole := []byte("records that are kept whole")
			want, sizes := bytes.Clone(whole), []int{len(whole)}
			y.begin(bytes.Clone(whole), len(taught))
			for i := range taught {
				columns := columnsOf(t, names, n)
				if len(taught[i]) != len(columns) {
					taught[i] = make([]learned, len(columns))
				}
				y.mould(castingOf(columns, n, taught[i]), block+1)
				for _, column := range columns {
					want, sizes = append(want, column...), append(sizes, len(column))
				}
				for _, last := range taught[i] {
					seen[last.form] = true
				}
			}
			text := texts{whole, y.text[len(whole):], y.forms, nil}
			got, lengths, ok := untype(text, y.bits.bytes(), n, len(want), nil, nil)
			if !ok || !bytes.Equal(got, want) {
				t.Fatalf("%v: got %q, want %q", ok, got, want)
			}
			r := reader{b: lengths}
			for _, size := range sizes {
				if r.uint() != uint64(size) {
					t.Fatalf("the lengths are not %v", sizes)
				}
			}
			if _, _, ok := untype(text, y.bits.bytes(), n, len(want)-1, nil, nil); ok {
				t.Fatal("more came back than there is room for")
			}
		}
	})
	for form := range uint8(typedAgain + 1) {
		if tries >= 100 && !seen[form+1] { // a short run draws too few to see all
			t.Errorf("no column had the form %d", form)
		}
	}
}

func TestTypedColumnsAreSmall(t *testing.T) {
	const n = 100
	for name, bits := range map[string]int{"hex": 128, "uuid": 128, "base32": 80, "padded": 14, "time": 60, "some": 3} {
		var column []byte
		for i := range n {
			column = append(append(column, kindsOfValues[name].Example(i)...), slotEnd)
		}
		var y typing
		y.begin(nil, 1)
		y.mould(castingOf([][]byte{column}, n, make([]learned, 1)), 1)
		if got := 8 * (len(y.bits.bytes()) + len(y.text) + len(y.forms)); got > n*bits+1000 {
			t.Errorf("%s: %d bits for %d values of %d bits", name, got, n, bits)
		}
	}
}

// TestSievesPassOverNothing looks for texts in records of ids, numbers and a few words, of which most columns are passed over.
func TestSievesPassOverNothing(t *testing.T) {
	tries, passed, found := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		tries++
		var events []event.Event
		var last string
		for i := range rapid.IntRange(2, 30).Draw(t, "n") {
			id := kindsOfValues[rapid.SampledFrom([]string{"base32", "hex"}).Draw(t, "id")].Draw(t, "id")
			if rapid.Bool().Draw(t, "mould") {
				id = "e-0123456789abcdef"[:16] + fmt.Sprint(10+i)
			}
			raw := fmt.Sprintf(`{"id":%s,"cause":%s,"n":%d,"sum":%d.50,"at":%d,"by":%s}`, id, last, i*i, i, 1e9+i, rapid.SampledFrom([]string{"Ann_B", "Zed", "7"}).Draw(t, "by"))
			last = id
			events = append(events, event.Event{Position: event.Position(i + 1), Type: "t", Raw: []byte(raw), Cast: castOf([]byte(raw))})
		}
		var c columns
		c.encode(events)
		text := rapid.SampledFrom([]string{"Ann_B", "Zed", "zed", "nowhere_", "e-0", "99", `7}`, `,"n":1`, ".50", "ABC", `_b}`, ":e-"}).Draw(t, "text")
		folded := rapid.Bool().Draw(t, "folded")
		k := newSeeker([]*Literal{NewLiteral(text, folded)})
		s := &sieve{literals: k.literals}
		nowhere := k.nowhere(len(events), expandedBut(t, &c, len(events), s))
		if passed += len(s.passed); !nowhere {
			return
		}
		found++
		for _, e := range events {
			if k.literals[0].Index(e.Raw) >= 0 {
				t.Fatalf("%q (folded %v) is in %q, but nowhere", text, folded, e.Raw)
			}
		}
	})
	if tries >= 100 && (passed == 0 || found == 0) { // a short run draws too few to see both
		t.Errorf("%d columns were passed over, and %d times a text was nowhere", passed, found)
	}
}

func TestColumnsThatAreNotWantedAreLeftOut(t *testing.T) {
	var names []string
	for name := range kindsOfValues {
		names = append(names, name)
	}
	referred, tries := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		tries++
		var y typing
		y.begin(nil, 2)
		var columns [][]byte
		n := rapid.IntRange(1, 60).Draw(t, "n")
		for range 2 {
			more := columnsOf(t, names, n)
			y.mould(castingOf(more, n, make([]learned, len(more))), 1)
			columns = append(columns, more...)
		}
		wanted, size := make([]bool, len(columns)), 0
		for i := range columns {
			wanted[i] = rapid.Bool().Draw(t, "wanted")
			size += len(columns[i])
		}
		s := &sieve{wanted: func([]byte) []bool { return wanted }}
		s.ask(nil)
		got, lengths, ok := untype(texts{nil, y.text, y.forms, nil}, y.bits.bytes(), n, size, nil, s)
		r := reader{b: lengths}
		if r.uint(); !ok {
			t.Fatal("the columns do not come back")
		}
		for i, column := range columns {
			if !wanted[i] {
				column = nil
			} else if i > 0 && !wanted[i-1] && bytes.Equal(column, columns[i-1]) {
				referred++
			}
			if size := r.uint(); int(size) != len(column) || !bytes.HasPrefix(got, column) {
				t.Fatalf("column %d of %v: %q, want %q", i, wanted, got, column)
			}
			got = got[len(column):]
		}
	})
	if tries >= 100 && referred == 0 { // a short run draws too few
		t.Error("no column was the same as one that was left out")
	}
}

// FuzzTyped reads any bytes as columns that were packed: it fails, or gives as many bytes as were asked for.
func FuzzTyped(f *testing.F) {
	random := 0
	for _, kind := range kindsOfValues {
		var y typing
		var column []byte
		for range 20 {
			random++
			column = append(append(column, kind.Example(random)...), slotEnd)
		}
		y.begin([]byte("{}"), 1)
		y.mould(castingOf([][]byte{column, column}, 20, make([]learned, 2)), 1)
		f.Add(y.text[2:], y.forms, y.bits.bytes(), 20, 2+2*len(column))
	}
	f.Fuzz(func(t *testing.T, values, forms, packed []byte, count, size int) {
		if count < 0 || count > SegmentSize || size < 0 || size > 1<<24 {
			return
		}
		got, lengths, ok := untype(texts{[]byte("{}"), values, forms, nil}, packed, count, size, nil, nil)
		if !ok {
			return
		}
		if len(got) != size {
			t.Fatalf("%d bytes of %d", len(got), size)
		}
		total := uint64(0)
		for r := (reader{b: lengths}); len(r.b) > 0; {
			total += r.uint()
		}
		if total != uint64(size) {
			t.Fatalf("lengths of %d bytes, of %d", total, size)
		}
	})
}

func TestDatesComeBack(t *testing.T) {
	for days := int64(-719528); days < 2932896; days += 11 {
		date := dateOf(days)
		if want := event.Unix(days*86400, 0, 0).Text()[:10]; days >= -719162 && string(date[:]) != want {
			t.Fatalf("day %d is %s, want %s", days, date[:], want)
		}
		if got := civil(two(date[:])*100+two(date[2:]), two(date[5:]), two(date[8:])); got != days {
			t.Fatalf("day %d is %s, which is day %d", days, date[:], got)
		}
	}
}
