package external

import (
	"bytes"
	"strconv"

	"asof/engine/event"
	"asof/engine/value"
)

// appendKey begins an event's line.
func appendKey(dst []byte, key string) []byte {
	return value.AppendQuoted(append(dst, `{"key":`...), key)
}

// appendState adds a document to an event's line, which is null where there is none.
func appendState(dst []byte, root *value.Node) []byte {
	dst = append(dst, `,"state":`...)
	if root == nil {
		return append(dst, "null"...)
	}
	return root.AppendJSON(dst)
}

// appendEvent adds the event and ends the line.
func appendEvent(dst []byte, e *event.Event) []byte {
	dst = strconv.AppendUint(append(dst, `,"event":{"position":`...), uint64(e.Position), 10)
	dst = appendText(dst, "id", e.ID)
	dst = value.AppendQuoted(append(dst, `,"type":`...), e.Type)
	dst = appendText(dst, "stream", string(e.Stream))
	if len(e.Others) > 0 {
		dst = append(dst, `,"streams":[`...)
		for i, s := range e.Streams() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = value.AppendQuoted(dst, string(s))
		}
		dst = append(dst, ']')
	}
	if e.Numbering != event.Unnumbered {
		dst = strconv.AppendInt(append(dst, `,"version":`...), int64(e.Version), 10)
	}
	dst = appendTime(dst, "time", e.Time)
	dst = appendTime(dst, "recorded_time", e.Recorded)
	dst = appendText(dst, "correlation_id", e.Correlation)
	dst = appendText(dst, "causation_id", e.Causation)
	dst = appendJSON(dst, "data", e.Data(), e.Marks)
	dst = appendJSON(dst, "metadata", e.Metadata(), e.Marks)
	return append(dst, "}}\n"...)
}

func appendText(dst []byte, name, text string) []byte {
	if text == "" {
		return dst
	}
	dst = append(append(append(dst, ',', '"'), name...), '"', ':')
	return value.AppendQuoted(dst, text)
}

func appendTime(dst []byte, name string, t event.Time) []byte {
	if t.IsZero() {
		return dst
	}
	dst = append(append(append(dst, ',', '"'), name...), `":"`...)
	return append(t.Append(dst, nil), '"')
}

// appendJSON adds JSON as the source wrote it, on one line and in UTF-8.
func appendJSON(dst []byte, name string, text []byte, marks event.Mark) []byte {
	if len(text) == 0 {
		return dst
	}
	dst = append(append(append(dst, ',', '"'), name...), '"', ':')
	if marks.Has(event.InvalidUTF8) {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	from := len(dst)
	dst = append(dst, text...)
	for line := dst[from:]; ; {
		i := bytes.IndexByte(line, '\n') // between values: inside a text it is escaped
		if i < 0 {
			break
		}
		line[i] = ' '
		line = line[i+1:]
	}
	return dst
}
