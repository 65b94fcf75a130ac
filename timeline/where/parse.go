package where

import (
	"math"
	"strconv"
	"strings"
)

// Parse reads a text. Its errors are of type *Error; what a text means in a log that lacks the thing named is not its business.
func Parse(text string) (Where, error) {
	text = strings.TrimLeft(text, " \t\r\n")
	if id, forced := strings.CutPrefix(text, "stream="); forced {
		if id == "" {
			return Where{}, &Error{text, "the name of the stream is missing"}
		}
		return Where{text, streams(id)}, nil
	}
	text = strings.TrimRight(text, " \t\r\n")
	if text == "" {
		return Where{}, &Error{text, "it is empty"}
	}
	r, reason := byLooks(text)
	if reason != "" {
		return Where{}, &Error{text, reason}
	}
	if r.Kind != 0 {
		return Where{text, []Reading{r}}, nil
	}
	return Where{text, append(streams(text), rest(text)...)}, nil
}

// byLooks reads the forms that need no log to tell them. A reason is given for a text that has the form and is wrong.
func byLooks(text string) (r Reading, reason string) {
	switch {
	case text == "start":
		return Reading{Kind: Start}, ""
	case text == "end":
		return Reading{Kind: End}, ""
	case allDigits(text):
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return r, "no log is that long"
		}
		return Reading{Kind: Position, Number: n}, ""
	case strings.HasSuffix(text, "%"):
		return percent(text)
	case text[0] == '+' || text[0] == '-':
		return relative(text)
	case isTime(text):
		return Reading{Kind: Time, Text: text}, ""
	case isTimeOfDay(text):
		return Reading{Kind: TimeOfDay, Text: text}, ""
	}
	return r, ""
}

func percent(text string) (r Reading, reason string) {
	whole, fraction, dotted := strings.Cut(strings.TrimSuffix(text, "%"), ".")
	if !allDigits(whole) || dotted && !allDigits(fraction) {
		return r, ""
	}
	if len(fraction) > 4 {
		return r, "a percentage has at most four decimals"
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", 4-len(fraction)), 10, 64)
	if err != nil || n > 1_000_000 {
		return r, "a percentage is at most 100"
	}
	return Reading{Kind: Percent, Number: n}, ""
}

func percentText(millionths int64) string {
	text := strconv.FormatInt(millionths/10_000, 10)
	if fraction := millionths % 10_000; fraction != 0 {
		digits := strconv.FormatInt(10_000+fraction, 10)[1:]
		text += "." + strings.TrimRight(digits, "0")
	}
	return text + "%"
}

func relative(text string) (r Reading, reason string) {
	if allDigits(text[1:]) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n == math.MinInt64 {
			return r, "no log is that long"
		}
		return Reading{Kind: Steps, Number: n}, ""
	}
	span, ok, fits := parseSpan(text[1:])
	switch {
	case !ok:
		return r, ""
	case !fits:
		return r, "that is longer than 292 years"
	case text[0] == '-':
		span = -span
	}
	return Reading{Kind: Shift, Span: span}, ""
}

// streams reads a name that is a stream's, with a version after the last colon or without.
func streams(id string) []Reading {
	readings := []Reading{{Kind: Stream, Text: id}}
	if at := strings.LastIndexByte(id, ':'); at > 0 && allDigits(strings.TrimPrefix(id[at+1:], "-")) {
		if n, err := strconv.ParseInt(id[at+1:], 10, 64); err == nil {
			return append([]Reading{{Kind: Version, Text: id[:at], Number: n}}, readings...)
		}
	}
	return readings
}

// rest reads the forms that are tried when there is no such stream.
func rest(text string) []Reading {
	var readings []Reading
	if at := strings.LastIndexByte(text, '#'); at > 0 {
		if n, ok := ordinal(text[at+1:]); ok {
			readings = append(readings, Reading{Kind: Type, Text: text[:at], Number: n})
		}
	}
	if n, ok := ordinal(strings.TrimPrefix(text, "turn:")); ok && strings.HasPrefix(text, "turn:") {
		readings = append(readings, Reading{Kind: Turn, Number: n})
	}
	if len(text) > 1 && text[0] == '\'' {
		readings = append(readings, Reading{Kind: Mark, Text: text[1:]})
	}
	if len(text) > 2 && text[0] == '/' && text[len(text)-1] == '/' {
		readings = append(readings, Reading{Kind: Match, Text: text[1 : len(text)-1]})
	}
	if moment, ok := strings.CutPrefix(text, "recorded:"); ok && (isTime(moment) || isTimeOfDay(moment)) {
		readings = append(readings, Reading{Kind: Recorded, Text: moment})
	}
	return readings
}

func ordinal(text string) (int64, bool) {
	if !allDigits(text) {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0
}

func allDigits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text != ""
}
