package projection

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"asof/engine/event"
	"asof/engine/value"
)

// byFields are the fields of an event that a --by path may start with.
var byFields = []string{
	"id", "type", "stream", "streams", "version", "position", "time", "recorded_time",
	"correlation_id", "causation_id", "data", "metadata",
}

// by is a JSON Pointer over {id, type, stream, …, data, metadata}. What it finds is the key: text as it is, a number or a
// boolean as it is written; a list gives one key per distinct scalar in it. Nothing, null and objects give none.
type by struct {
	text   string
	field  string
	tokens []string // below the field
}

func parseBy(text string) (by, error) {
	if text == "" {
		return by{}, nil
	}
	p, err := value.ParsePointer(text)
	if err != nil {
		return by{}, fmt.Errorf("--by %q: %w", text, err)
	}
	tokens := p.Tokens()
	if len(tokens) == 0 || !slices.Contains(byFields, tokens[0]) {
		return by{}, fmt.Errorf("--by %q: legal are /data/… and /metadata/… and %s", text, "/"+strings.Join(byFields[:10], " /"))
	}
	b := by{text: text, field: tokens[0], tokens: tokens[1:]}
	if len(b.tokens) > 0 && b.field != "data" && b.field != "metadata" {
		return by{}, fmt.Errorf("--by %q: %s has no parts", text, b.field)
	}
	return b, nil
}

func (b by) keys(e *event.Event, dst []string) ([]string, error) {
	switch b.field {
	case "data":
		return b.within(e.Data(), dst)
	case "metadata":
		return b.within(e.Metadata(), dst)
	case "streams":
		start := len(dst)
		for _, s := range e.Streams() {
			dst = appendKey(dst, start, string(s))
		}
		return dst, nil
	}
	return appendKey(dst, len(dst), b.plain(e)), nil
}

func (b by) plain(e *event.Event) string {
	switch b.field {
	case "id":
		return e.ID
	case "type":
		return e.Type
	case "stream":
		return string(e.Stream)
	case "version":
		return strconv.FormatInt(int64(e.Version), 10)
	case "position":
		return strconv.FormatUint(uint64(e.Position), 10)
	case "time":
		return timeText(e.Time)
	case "recorded_time":
		return timeText(e.Recorded)
	case "correlation_id":
		return e.Correlation
	default:
		return e.Causation
	}
}

func (b by) within(src []byte, dst []string) ([]string, error) {
	raw, ok := lookup(src, b.tokens)
	if !ok {
		return dst, nil
	}
	n, err := value.Parse(raw)
	if err != nil {
		return dst, fmt.Errorf("--by %s: %w", b.text, err)
	}
	if n.Kind() == value.Array {
		start := len(dst)
		for _, item := range n.Items() {
			dst = appendKey(dst, start, keyText(item))
		}
		return dst, nil
	}
	return appendKey(dst, len(dst), keyText(n)), nil
}

func keyText(n *value.Node) string {
	switch n.Kind() {
	case value.String, value.Number, value.Bool:
		return n.Text()
	}
	return ""
}

// appendKey adds a key unless it is empty or among those from start on.
func appendKey(dst []string, start int, key string) []string {
	if key == "" || slices.Contains(dst[start:], key) {
		return dst
	}
	return append(dst, key)
}

func timeText(t event.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Text()
}
