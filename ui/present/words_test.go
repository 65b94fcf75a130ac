package present_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/value"
	"asof/ui/present"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want present.Safe }{
		{present.Count(0), "0"},
		{present.Count(999), "999"},
		{present.Count(48212), "48,212"},
		{present.Count(-1234567), "-1,234,567"},
		{present.Count(uint64(math.MaxUint64)), "18,446,744,073,709,551,615"},
		{present.Counted(1, "event"), "1 event"},
		{present.Counted(1304, "stream"), "1,304 streams"},
		{present.Position(31407), "31,407"},
		{present.Percent(31407, 48212), "65.1 %"},
		{present.Percent(48211, 48212), "99.9 %"},
		{present.Percent(999999, 1000000), "99.9 %"},
		{present.Percent(48212, 48212), "100 %"},
		{present.Percent(0, 0), "0.0 %"},
		{present.Bytes(1023), "1023 B"},
		{present.Bytes(1536), "1.5 KiB"},
		{present.Bytes(1 << 30), "1.0 GiB"},
		{present.Bytes(math.MaxUint64), "16.0 EiB"},
		{present.Duration(0), "0.0s"},
		{present.Duration(12 * time.Nanosecond), "12ns"},
		{present.Duration(12 * time.Microsecond), "12µs"},
		{present.Duration(99 * time.Millisecond), "99ms"},
		{present.Duration(1190 * time.Millisecond), "1.1s"},
		{present.Duration(59*time.Second + 999*time.Millisecond), "59.9s"},
		{present.Duration(252 * time.Second), "4m12s"},
		{present.Duration(185 * time.Minute), "3h05m"},
		{present.Duration(52 * time.Hour), "2d04h"},
		{present.Duration(120 * 24 * time.Hour), "120d"},
		{present.Duration(1133 * 24 * time.Hour), "3.1y"},
		{present.Duration(math.MinInt64), "-292.2y"},
		{present.Delta(1100 * time.Millisecond), "+1.1s"},
		{present.Delta(-400 * time.Millisecond), "-0.4s"},
		{present.Age(0), "now"},
		{present.Age(252 * time.Second), "4m12s ago"},
		{present.Age(-3 * time.Second), "3.0s later"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	at := event.Unix(1768469467, 204_000_000, 3)
	berlin := time.FixedZone("CET", 3600)
	day := event.Unix(1768435200, 0, 0)
	for _, c := range []struct{ got, want present.Safe }{
		{present.Time(at, nil), "2026-01-15 09:31:07.204Z"},
		{present.Time(at, berlin), "2026-01-15 10:31:07.204+01:00"},
		{present.Time(event.Time{}, nil), ""},
		{present.Clock(at, nil, 3), "09:31:07.204Z"},
		{present.Clock(at, berlin, 1), "10:31:07.2+01:00"},
		{present.Clock(day, nil, 3), "00:00:00.000Z"},
		{present.Clock(day, nil, 0), "00:00:00Z"},
		{present.Clock(event.Time{}, nil, 3), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestValues(t *testing.T) {
	item := value.Obj(value.Member{Name: "sku", Value: value.Str("A-1")}, value.Member{Name: "qty", Value: value.Num("2.0")})
	order := value.Obj(
		value.Member{Name: "status", Value: value.Str("pa\x1bid")}, value.Member{Name: "items", Value: value.Arr(item, item)},
		value.Member{Name: "total", Value: value.Num("123456789012345678901234567890.10")},
	)
	for _, c := range []struct{ got, want present.Safe }{
		{present.Scalar(value.String, "paid", 20), `"paid"`},
		{present.Scalar(value.String, "awaiting capture", 9), `"awaiti…"`},
		{present.Scalar(value.Number, "1.00", 20), "1.00"},
		{present.Scalar(value.Null, "null", 20), "null"},
		{present.Summary(value.Array, 2), "2 items"},
		{present.Summary(value.Object, 1), "1 field"},
		{present.Summary(value.Array, 0), "[]"},
		{present.Summary(value.Object, 0), "{}"},
		{present.Preview(order, 200), `{status: "pa\x1bid", items: [{sku: "A-1", qty: 2.0}, {sku: "A-1", qty: 2.0}], total: 123456789012345678901234567890.10}`},
		{present.Preview(order, 12), `{status: "p…`},
		{present.Preview(value.Arr(), 12), "[]"},
		{present.Preview(nil, 12), "absent"},
		{present.Change(value.Str("paid"), value.Str("refunded"), 40), `"paid" → "refunded"`},
		{present.Change(nil, value.Num("120.00"), 40), `absent → 120.00`},
		{present.Change(value.Str("2026-01-15T09:31:07.204Z"), value.Str("2026-01-15T09:44:00.001Z"), 40), `"…5T09:31:07.204Z" → "…5T09:44:00.001Z"`},
		{present.Change(value.Str(strings.Repeat("a", 90)+"b"), value.Str(strings.Repeat("a", 90)+"c"), 24), `"…aaaaaab" → "…aaaaaac"`},
		{present.Change(value.Str("one thing that is long"), value.Str("another thing that is long"), 24), `"one thi…" → "another …"`},
		{present.Path(""), "(all)"},
		{present.Path("/items/0"), "/items/0"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestPreviewOfHugeContainers(t *testing.T) {
	items := make([]*value.Node, 100_000)
	for i := range items {
		items[i] = value.Str(strings.Repeat("x", 100))
	}
	if got := present.Width(present.Preview(value.Arr(items...), 40)); got != 40 {
		t.Errorf("%d columns", got)
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	table := present.NewTable(&b, 40,
		present.Column{Head: "position", Right: true}, present.Column{Head: "stream", Middle: true, Most: 9}, present.Column{Head: "type"})
	rows := [][]present.Safe{{"1", "order-481", "OrderPlaced"}, {"31,407", "payment-gateway-9931", "東京"}, {"7"}}
	for _, row := range rows {
		if err := table.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	want := "position  stream     type\n" +
		"       1  order-481  OrderPlaced\n" +
		"  31,407  paym…9931  東京\n" +
		"       7\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestTableOfOneWideCell: one text that is far longer than all others is written whole, and does not push theirs aside.
func TestTableOfOneWideCell(t *testing.T) {
	var b strings.Builder
	table := present.NewTable(&b, 0, present.Column{Head: "key"}, present.Column{Head: "n", Right: true}, present.Column{Head: "m"})
	long := strings.Repeat("x", 300)
	for _, key := range []string{"a", long, "b", "c"} {
		if err := table.Row(present.Safe(key), "7", "y"); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "key  n  m\na    7  y\n" + long + "  7  y\nb    7  y\nc    7  y\n"; b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
}

func TestTableGoesOnAsRowsCome(t *testing.T) {
	var b strings.Builder
	table := present.NewTable(&b, 0, present.Column{Head: "n", Right: true})
	for i := range 1000 {
		if err := table.Row(present.Count(i)); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Count(b.String(), "\n") < 800 {
		t.Error("a table holds back what it could have written")
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(b.String(), "\n"); got != 1001 {
		t.Errorf("%d lines", got)
	}
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, errClosed }

var errClosed = errors.New("closed")

func TestWritersPassErrorsOn(t *testing.T) {
	table := present.NewTable(closedPipe{}, 0, present.Column{Head: "n"})
	_ = table.Row("1")
	if err := table.Close(); !errors.Is(err, errClosed) {
		t.Error(err)
	}
	var line present.Line
	if _, err := line.Int("n", 1).WriteTo(closedPipe{}); !errors.Is(err, errClosed) {
		t.Error(err)
	}
}
