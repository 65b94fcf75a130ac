package ingest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"asof/engine/event"
	"asof/engine/value"

	"github.com/zeebo/xxh3"
)

// Slice is the part of the sources' events that is loaded; the rest is read, counted and left out. It belongs to a store's
// identity. The zero Slice is everything.
//
// A choice by stream, category or sample keeps whole keys: their states are as in the whole log. One by time or type does
// not: a key's state is then what the events of the slice make of it.
type Slice struct {
	texts      []string
	from, to   event.Time
	streams    []*regexp.Regexp
	categories []*regexp.Regexp
	types      []*regexp.Regexp
	one, of    uint64        // one in so many keys, by hash; of 0 = no sample
	field      string        // data or metadata, where it is sampled by what is in there; "" = by stream
	key        value.Pointer // below field
}

// sliceForms is what ParseSlice reads, for its errors.
const sliceForms = "from=TIME, to=TIME, stream=NAME, category=NAME, type=NAME (each with * for any text, and more than once for alternatives), sample=1/N or sample=1/N@/data/PATH"

// ParseSlice reads terms such as from=2026-01-14, to=2026-01-15T12:00:00Z, stream=order-4*, type=Order*, sample=1/100 and
// sample=1/100@/data/order_id, alone or joined by commas. An event must meet all kinds of terms, and of one kind any. To a date, or to a
// time without a fraction, means to the end of that day or second. Times without a zone are read in zone (nil = UTC).
func ParseSlice(terms []string, zone *time.Location) (Slice, error) {
	var s Slice
	for _, joined := range terms {
		s.texts = append(s.texts, apart(joined)...)
	}
	slices.Sort(s.texts)
	s.texts = slices.Compact(s.texts)
	said := map[string]bool{}
	for _, term := range s.texts {
		name, text, found := strings.Cut(term, "=")
		var err error
		switch {
		case said[name]:
			err = fmt.Errorf("another %s is given as well", name)
		case !found || text == "":
			err = fmt.Errorf("write %s", sliceForms)
		case name == "from":
			s.from, err = sliceTime(text, zone)
		case name == "to":
			if s.to, err = sliceTime(text, zone); err == nil {
				s.to = endOf(s.to)
			}
		case name == "stream":
			s.streams = append(s.streams, wildcard(text))
		case name == "category":
			s.categories = append(s.categories, wildcard(text))
		case name == "type":
			s.types = append(s.types, wildcard(text))
		case name == "sample":
			err = s.sample(text)
		default:
			err = fmt.Errorf("there is no %s: write %s", name, sliceForms)
		}
		if err != nil {
			return Slice{}, fmt.Errorf("slice %q: %w", term, err)
		}
		said[name] = name == "from" || name == "to" || name == "sample" // of which there are no alternatives
	}
	if !s.from.IsZero() && !s.to.IsZero() && s.to.Before(s.from) {
		return Slice{}, fmt.Errorf("slice %q: it ends before it begins", s.String())
	}
	return s, nil
}

// nextTerm is where, after a comma, another term begins. Names of streams and types may have commas of their own.
var nextTerm = regexp.MustCompile(`,(from|to|stream|category|type|sample)=`)

// apart are the terms of a text that joins them by commas.
func apart(text string) (terms []string) {
	begin := 0
	for _, at := range nextTerm.FindAllStringIndex(text, -1) {
		terms = append(terms, text[begin:at[0]])
		begin = at[0] + 1
	}
	return append(terms, text[begin:])
}

func sliceTime(text string, zone *time.Location) (event.Time, error) {
	t, err := event.ParseTime(text, zone)
	if err != nil {
		return t, fmt.Errorf("%w; a time is written as 2026-01-15, 2026-01-15T10:00 or 2026-01-15T10:00:00Z", err)
	}
	return t, nil
}

// endOf is the last instant of the day or second that a time names.
func endOf(t event.Time) event.Time {
	switch t.Digits() {
	case -1:
		return t.Add(24*time.Hour - 1)
	case 0:
		return t.Add(time.Second - 1)
	}
	return t
}

func wildcard(text string) *regexp.Regexp {
	parts := strings.Split(text, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("(?s)^" + strings.Join(parts, ".*") + "$")
}

func (s *Slice) sample(text string) error {
	share, path, _ := strings.Cut(text, "@")
	one, of, found := strings.Cut(share, "/")
	var err error
	if s.one, err = strconv.ParseUint(one, 10, 32); err != nil || !found {
		return fmt.Errorf("write sample=1/N: one in N keys")
	}
	if s.of, err = strconv.ParseUint(of, 10, 32); err != nil || s.of == 0 || s.one == 0 || s.one > s.of {
		return fmt.Errorf("write sample=1/N: one in N keys")
	}
	if path == "" {
		return nil
	}
	field, below, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if below == "" || field != "data" && field != "metadata" {
		return fmt.Errorf("%q is not a path below /data or /metadata", path)
	}
	s.field = field
	s.key, err = value.ParsePointer("/" + below)
	return err
}

// IsZero reports whether s is everything.
func (s *Slice) IsZero() bool { return len(s.texts) == 0 }

// String is the slice as its terms.
func (s *Slice) String() string { return strings.Join(s.texts, " ") }

// Has reports whether an event belongs to the slice. One without a time belongs to no slice by time.
func (s *Slice) Has(e *event.Event) bool {
	switch {
	case len(s.texts) == 0:
		return true
	case !s.from.IsZero() && (e.Time.IsZero() || e.Time.Before(s.from)), !s.to.IsZero() && (e.Time.IsZero() || e.Time.After(s.to)):
		return false
	case len(s.types) > 0 && !anyMatches(s.types, e.Type):
		return false
	case len(s.streams) > 0 && !anyStream(e, func(id event.StreamID) bool { return anyMatches(s.streams, string(id)) }):
		return false
	case len(s.categories) > 0 && !anyStream(e, func(id event.StreamID) bool { return anyMatches(s.categories, id.Category()) }):
		return false
	}
	return s.of == 0 || s.sampled(e)
}

func anyMatches(list []*regexp.Regexp, text string) bool {
	return slices.ContainsFunc(list, func(r *regexp.Regexp) bool { return r.MatchString(text) })
}

func anyStream(e *event.Event, has func(event.StreamID) bool) bool {
	return has(e.Stream) || slices.ContainsFunc(e.Others, has)
}

// sampled reports whether one of the event's keys is in the sample. An event of no key is not.
func (s *Slice) sampled(e *event.Event) bool {
	if s.field == "" {
		return anyStream(e, func(id event.StreamID) bool { return s.chosen(string(id)) })
	}
	text := e.Data()
	if s.field == "metadata" {
		text = e.Metadata()
	}
	doc, err := value.Parse(text)
	if err != nil {
		return false
	}
	found := doc.At(s.key)
	if found == nil {
		return false
	}
	switch found.Kind() {
	case value.String, value.Number, value.Bool:
		return s.chosen(found.Text())
	}
	return false
}

// chosen depends on the key alone, so that what is sampled from two files, or from two days of one, is of the same keys.
func (s *Slice) chosen(key string) bool { return xxh3.HashString(key)%s.of < s.one }
