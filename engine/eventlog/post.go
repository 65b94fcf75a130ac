package eventlog

import (
	"asof/engine/event"
)

// post makes the postings of a block's new events, a kind at a time.
func (j *workroom) post(events []event.Event) {
	j.posts[byType] = postings(j.posts[byType], byType, events, func(e *event.Event) (string, bool) { return e.Type, true })
	j.posts[byCorrelation] = postings(j.posts[byCorrelation], byCorrelation, events, func(e *event.Event) (string, bool) { return e.Correlation, e.Correlation != "" })
	j.posts[byID] = postings(j.posts[byID], byID, events, func(e *event.Event) (string, bool) { return e.ID, e.ID != "" })
	j.streams(events)
}

// postings makes a list, in the room of another, of the events that have a text.
func postings(list []posting, k kind, events []event.Event, text func(*event.Event) (string, bool)) []posting {
	list = list[:0]
	last, hash := "", k.hash("")
	for i := range events {
		s, some := text(&events[i])
		if !some {
			continue
		}
		if s != last {
			last, hash = s, k.hash(s)
		}
		list = append(list, postingOf(hash, offsetOf(&events[i])))
	}
	return list
}

func offsetOf(e *event.Event) uint16 {
	_, off := segmentOf(e.Position)
	return off
}

// streams makes the postings of streams and of their categories, each of an event's once.
func (j *workroom) streams(events []event.Event) {
	list, categories := j.posts[byStream][:0], categories{list: j.posts[byCategory][:0]}
	for i := range events {
		e := &events[i]
		off := offsetOf(e)
		if e.Stream != "" {
			list = append(list, postingOf(byStream.hash(string(e.Stream)), off))
			categories.add(e.Stream, off)
		}
		for _, s := range e.Others {
			if s == "" {
				continue
			}
			list = addOnce(list, postingOf(byStream.hash(string(s)), off))
			categories.add(s, off)
		}
	}
	j.posts[byStream], j.posts[byCategory] = list, categories.list
}

// categories are the postings of categories. There are few, and most streams are of the one of the stream before.
type categories struct {
	list []posting
	last string
	hash uint64
}

func (c *categories) add(s event.StreamID, off uint16) {
	n := len(c.last)
	if n == 0 || len(s) <= n || s[n] != '-' || string(s[:n]) != c.last {
		category := s.Category()
		if len(category) == len(s) {
			return
		}
		c.last, c.hash = category, byCategory.hash(category)
	}
	c.list = addOnce(c.list, postingOf(c.hash, off))
}

// addOnce appends a posting that an event does not have yet. Those of the event are the last ones.
func addOnce(list []posting, p posting) []posting {
	for i := len(list) - 1; i >= 0 && list[i].off() == p.off(); i-- {
		if list[i] == p {
			return list
		}
	}
	return append(list, p)
}
