package scan

import (
	"bytes"
	"errors"
	"strings"

	"asof/engine/ingest"
)

// wrappers lists where a document keeps its records, the most telling first.
func wrappers() []string {
	return []string{"history.events", "events", "Records", "Events", "items", "data", "entries", "resourceSpans", "resourceLogs", "loglines", "trajectory",
		"hits.hits", "logEvents", "results", "records", "Items"}
}

// weak are the wrapper names that an event itself may well use.
func weak(wrapper string) bool {
	switch wrapper {
	case "items", "data", "entries", "results", "records", "Items":
		return true
	}
	return false
}

// headRecords finds the first records of a head and what wraps them.
func headRecords(head *ingest.Head) {
	src := head.Bytes
	start := space(src, 0)
	if start >= len(src) {
		return
	}
	var s Scanner
	end, err := s.Scan(src, start)
	switch src[start] {
	case '[':
		if alone(src, end, err) && holdsObject(src[start:]) {
			head.Wrapper = "[]"
		}
	case '{':
		if alone(src, end, err) {
			head.Wrapper = wrapperOf(&s, src[start:], err == nil)
		}
	}
	head.Records = sample(&s, head)
}

// alone reports whether the first value of src, whose scan ended at end, is all there is. A value that is cut off or broken is
// taken to be, unless another object begins a line.
func alone(src []byte, end int, err error) bool {
	if err != nil {
		return errors.Is(err, ErrShort) || !bytes.Contains(src, []byte("\n{"))
	}
	next := space(src, end)
	if next < len(src) && src[next] == ',' {
		next = space(src, next+1)
	}
	return next >= len(src) || src[next] != '{' && src[next] != '['
}

// holdsObject reports whether the list at the start of src begins with an object, or is empty.
func holdsObject(src []byte) bool {
	next := space(src, 1)
	return next < len(src) && (src[next] == '{' || src[next] == ']')
}

// wrapperOf is the first of wrappers that the object at the start of src has, as a list of objects; else the list of objects that is
// most of src. Whole says that the object ends within src.
func wrapperOf(s *Scanner, src []byte, whole bool) string {
	event := whole && looksLikeEvent(src, s.Members)
	for _, w := range wrappers() {
		path := strings.Split(w, ".")
		if !bytes.Contains(src, []byte(`"`+path[len(path)-1]+`"`)) {
			continue
		}
		at, err := listStart(s, src, path)
		if err != nil || event && weak(w) {
			continue
		}
		if next := space(src, at); next < len(src) && (src[next] == '{' || src[next] == ']' && !weak(w)) {
			return w
		}
	}
	if event {
		return ""
	}
	return largestList(s, src)
}

// looksLikeEvent reports whether an object has a type, and an id or a time, of its own.
func looksLikeEvent(src []byte, members []Member) bool {
	var look looks
	for _, m := range members {
		look.see(string(src[m.Key:m.KeyEnd]))
	}
	return look.kind && look.mark
}

// looks is what the names of an object's members say about it: that it has a type, that it has an id or a time.
type looks struct{ kind, mark bool }

func (l *looks) see(name string) {
	switch strings.ToLower(name) {
	case "type", "event_type", "eventtype", "event", "specversion":
		l.kind = true
	case "id", "event_id", "eventid", "uuid", "time", "timestamp", "ts", "created_at", "occurred_at":
		l.mark = true
	}
}

// sample is the objects among the first records of a head.
func sample(s *Scanner, head *ingest.Head) [][]byte {
	src := NewSource(ingest.Input{Head: *head, Body: Memory(head.Bytes)}, 0)
	var records [][]byte
	for range HeadRecords {
		var rec ingest.Record
		if src.Next(s, &rec) != nil {
			break
		}
		if rec.Rejected == "" {
			records = append(records, rec.Raw)
		}
	}
	return records
}
