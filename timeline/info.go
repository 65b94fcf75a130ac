package timeline

import (
	"context"
	"fmt"
	"iter"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/engine/ingest"
)

// Info is what is in a store.
type Info struct {
	Dir         string
	Title       string // what the store was made of
	Events      event.Position
	Streams     int
	Types       []Tally // the most frequent first
	FirstTime   event.Time
	LastTime    event.Time
	Untimed     int // events without a time
	Inversions  int // events whose time is earlier than that of the event before them
	Outliers    int
	Repeated    int // events whose id came before from another place
	Late        int // events that came after their source's merge was made
	Records     int // accepted and rejected, of all sources
	Rejected    int
	Bytes       int64    // of original bytes
	Format      string   // of the sources; "" if they differ or there are none
	Order       string   // of the sources; "" if they differ or there are none
	Root        [32]byte // the chain's link at the head
	Projections []Projection
	Sources     []Source
}

// Source is a source of the log.
type Source struct {
	Number   uint32
	Name     string
	Path     string
	Format   string
	Reason   string // of the detection
	Order    string // file, sequence or time, and "reversed" where the last record came first
	OrderWhy string
	Backward string // where its time turned backwards later on; "" if it did not
	Fields   []SourceField
	Zone     string // assumed for times without one
	Records  int
	Rejected int
	Events   int
	LeftOut  int    // events that are not of the slice
	Slice    string // the part of it that was loaded; "" = all
	Bytes    int64  // of the file as it lies
	SHA256   string // hex; "" while it can grow
	Ended    bool
}

// SourceField says which path of a record became which field of the event.
type SourceField struct {
	Name, Path, Why string
	Guess           bool
}

// Info tells what is in the store.
func (s *Session) Info(ctx context.Context) (Info, error) {
	log := s.log.Info()
	info := Info{
		Dir: s.Dir(), Title: s.log.Identity().Title, Events: log.Head, Streams: int(log.Streams), FirstTime: log.First, LastTime: log.Last,
		Untimed: int(log.Untimed), Inversions: int(log.Inversions), Outliers: int(log.Outliers), Repeated: int(log.Repeated),
		Late: int(log.Late), Rejected: int(log.Rejected), Bytes: int64(log.RawBytes), Root: log.Root,
	}
	var err error
	if info.Types, err = s.Types(ctx); err != nil {
		return Info{}, err
	}
	if info.Projections, err = s.Projections(ctx); err != nil {
		return Info{}, err
	}
	rows, err := s.log.Sources(ctx)
	if err != nil {
		return Info{}, fmt.Errorf("sources: %w", err)
	}
	for i, row := range rows {
		source, err := sourceOf(row)
		if err != nil {
			return Info{}, err
		}
		info.Records += source.Records
		info.Format = agreed(info.Format, source.Format, i == 0)
		info.Order = agreed(info.Order, source.Order, i == 0)
		info.Sources = append(info.Sources, source)
	}
	return info, nil
}

// agreed is what all have said so far, or "".
func agreed(so, next string, first bool) string {
	if first || so == next {
		return next
	}
	return ""
}

func sourceOf(row eventlog.Source) (Source, error) {
	source := Source{
		Number: row.ID, Name: row.Name, Path: row.Path, Format: row.Format, Records: int(row.Records), Rejected: int(row.Rejected),
		Events: int(row.Events), Bytes: row.Size, SHA256: row.SHA256, Ended: row.Ended,
	}
	if len(row.Verdict) == 0 {
		return source, nil
	}
	account, err := ingest.AccountOf(row)
	if err != nil {
		return Source{}, fmt.Errorf("source %s: %w", row.Name, err)
	}
	source.Reason, source.Zone, source.Backward = account.Vote.Reason, account.Verdict.Zone, account.Backward
	source.LeftOut, source.Slice = int(account.LeftOut), row.Options["slice"]
	source.Order, source.OrderWhy = account.Order.By, account.Order.Why
	if account.Order.Reverse {
		source.Order += " reversed"
	}
	for _, f := range account.Verdict.Fields {
		source.Fields = append(source.Fields, SourceField{f.Name, f.Path, f.Why, f.Guess})
	}
	return source, nil
}

// Rejected is a record that is not an event.
type Rejected struct {
	Source string // its name
	Path   string
	Line   uint64
	Offset uint64
	Reason string
	Bytes  []byte
}

// Rejected lists the rejected records, in the order in which they were read.
func (s *Session) Rejected(ctx context.Context) iter.Seq2[Rejected, error] {
	return func(yield func(Rejected, error) bool) {
		names, err := s.sources(ctx)
		if err != nil {
			yield(Rejected{}, err)
			return
		}
		for r, err := range s.log.Rejects(ctx, 0) {
			source := names[r.Source]
			if !yield(Rejected{source.Name, source.Path, r.Line, r.Offset, r.Reason, r.Bytes}, err) || err != nil {
				return
			}
		}
	}
}
