package timeline

import (
	"context"

	"asof/engine/event"
)

// SearchQuery asks for the next event that holds a text, in its payload, type, stream, id or metadata.
type SearchQuery struct {
	Matcher   *Matcher
	Filter    Filter
	From      event.Position // the event there is not looked at
	Direction Direction
	Wrap      bool // go on at the other end
}

// SearchProgress is what a search has looked at so far.
type SearchProgress struct {
	At      event.Position // looked at up to here
	Covered int            // events looked at
	Of      int            // events that there are to look at
}

// SearchHit is what a search found, or that it found nothing in what it covered.
type SearchHit struct {
	Position event.Position // 0 = nothing found
	Field    string         // type, stream, id, data or metadata
	Text     string         // the text of the field that matched, cut around the match
	Wrapped  bool           // found after going on at the other end
	Covered  int
}

// Search looks for the next event that matches. When ctx ends, the hit says what was covered, beside ctx's error.
// Progress, if not nil, is called some times a second.
func (s *Session) Search(ctx context.Context, q SearchQuery, progress func(SearchProgress)) (SearchHit, error) {
	return SearchHit{}, nil
}
