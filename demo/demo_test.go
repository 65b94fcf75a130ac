package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

type record struct {
	ID, Stream, Type string
	Version          int
	Time             time.Time
	Correlation      string `json:"correlation_id"`
	Causation        string `json:"causation_id"`
	Data             map[string]any
}

func read(t *testing.T, name string, size Size) (records []record, text []byte) {
	t.Helper()
	story, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := story.Write(&buf, size); err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(buf.Bytes()) {
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		records = append(records, r)
	}
	return records, buf.Bytes()
}

func TestEveryStoryIsAnOrderlyLog(t *testing.T) {
	for _, story := range Stories() {
		t.Run(story.Name, func(t *testing.T) {
			records, _ := read(t, story.Name, Size{})
			if len(records) != story.Size.Events {
				t.Fatalf("%d events, want %d", len(records), story.Size.Events)
			}
			versions, ids, last := map[string]int{}, map[string]bool{}, time.Time{}
			for i, r := range records {
				if r.Time.Before(last) {
					t.Fatalf("event %d: time runs backwards", i+1)
				}
				if versions[r.Stream]++; r.Version != versions[r.Stream] {
					t.Fatalf("event %d: version %d of %s, want %d", i+1, r.Version, r.Stream, versions[r.Stream])
				}
				if ids[r.ID] || r.Causation != "" && !ids[r.Causation] {
					t.Fatalf("event %d: id repeated, or its cause %q unknown", i+1, r.Causation)
				}
				ids[r.ID], last = true, r.Time
			}
			if len(versions) < story.Size.Streams*9/10 || len(versions) > story.Size.Streams {
				t.Errorf("%d streams, want about %d", len(versions), story.Size.Streams)
			}
		})
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	_, a := read(t, "shop", Size{Events: 2000})
	_, b := read(t, "shop", Size{Events: 2000})
	_, c := read(t, "shop", Size{Events: 2000, Seed: 43})
	if !bytes.Equal(a, b) || bytes.Equal(a, c) {
		t.Errorf("a seed must give one log, and another seed another: %x %x %x", sha256.Sum256(a), sha256.Sum256(b), sha256.Sum256(c))
	}
}

// full is a disk without room: after some bytes, nothing more is written.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

func TestAFullDiskEndsTheStory(t *testing.T) {
	for _, name := range []string{"shop", "bank"} {
		story, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		// Nobody would see the end of so many events.
		if err := story.Write(&full{4 << 20}, Size{Events: 1 << 40, Streams: 100}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestShopRefundsOneOrderTwice(t *testing.T) {
	records, _ := read(t, "shop", Size{})
	refunds := map[string][]record{}
	for _, r := range records {
		if r.Type == "PaymentRefunded" {
			refunds[r.Stream] = append(refunds[r.Stream], r)
		}
	}
	for stream, list := range refunds {
		if twice := len(list) == 2; twice != (stream == "order-3000") {
			t.Errorf("%s is refunded %d times", stream, len(list))
		}
	}
	list := refunds["order-3000"]
	if len(list) != 2 || list[0].Causation != list[1].Causation || list[0].ID == list[1].ID {
		t.Fatalf("the two refunds must have one cause and two ids: %+v", list)
	}
	if len(refunds) < 50 {
		t.Errorf("only %d orders are refunded: the fault would stand out", len(refunds))
	}
}

func TestBankCreditsOneTransferTwice(t *testing.T) {
	records, _ := read(t, "bank", Size{})
	received := map[any]int{}
	for _, r := range records {
		if r.Type == "TransferReceived" {
			received[r.Data["transfer_id"]]++
		}
	}
	twice := 0
	for _, n := range received {
		if n > 1 {
			twice++
		}
	}
	if twice != 1 {
		t.Errorf("%d transfers are credited more than once, want 1", twice)
	}
	if day := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC); records[len(records)-1].Time.Before(day.AddDate(0, 0, 7)) {
		t.Error("the story must reach past 15 January")
	}
}

func TestFindNamesTheStories(t *testing.T) {
	if _, err := Find("no such"); err == nil || !strings.Contains(err.Error(), "shop") {
		t.Errorf("error %v must list the stories", err)
	}
}

func BenchmarkShop(b *testing.B) {
	story, _ := Find("shop")
	for b.Loop() {
		counter := &count{}
		if err := story.Write(counter, Size{Events: 100_000, Streams: 10_000}); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(counter.n)
	}
}

type count struct{ n int64 }

func (c *count) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

var _ io.Writer = (*count)(nil)

func ExampleStories() {
	for _, s := range Stories() {
		fmt.Println(s.Name)
	}
	// Output:
	// shop
	// bank
}
