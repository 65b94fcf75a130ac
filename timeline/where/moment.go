package where

import (
	"fmt"
	"strings"
	"time"

	"asof/engine/event"
)

const (
	lastOfSecond = 999_999_999
	lastOfMinute = 1_999_999_999 // a leap second counts to the minute that it ends
)

func isTime(text string) bool {
	_, err := event.ParseTime(text, nil)
	return err == nil
}

// isTimeOfDay tells hh:mm, hh:mm:ss and hh:mm:ss.f, each with or without a zone.
func isTimeOfDay(text string) bool {
	if len(text) < 5 || text[2] != ':' {
		return false
	}
	// A day that ends in a leap second, so that 23:59:60 is one too.
	return isTime("2016-12-31T" + text)
}

// Moment is the last instant that a time covers, read in zone (UTC if nil): of a date the end of the day, of a minute or a
// second its end. For a time of day, day says which day is meant, as seen in zone.
func (r Reading) Moment(day event.Time, zone *time.Location) (event.Time, error) {
	if zone == nil {
		zone = time.UTC
	}
	text := r.Text
	if r.Kind == TimeOfDay || r.Kind == Recorded && !isTime(text) {
		if day.IsZero() {
			return event.Time{}, &Error{r.String(), "there is no time at the cursor that says which day"}
		}
		text = day.Std().In(zone).Format("2006-01-02") + "T" + text
	}
	t, err := event.ParseTime(text, zone)
	if err != nil {
		return event.Time{}, fmt.Errorf("where: %w", err)
	}
	switch {
	case t.Digits() < 0:
		return endOfDay(t, zone), nil
	case t.Digits() > 0:
		return t, nil
	case hasSeconds(text):
		return stretch(t, 0, lastOfSecond), nil
	}
	return stretch(t, 59, lastOfMinute), nil
}

// endOfDay is the last instant of t's day in zone, however long that day is there.
func endOfDay(t event.Time, zone *time.Location) event.Time {
	y, m, d := t.Std().In(zone).Date()
	// A zone may skip the midnight itself; noon always exists, and from there the day's end is found by halving.
	low, high := time.Date(y, m, d, 12, 0, 0, 0, zone).Unix(), time.Date(y, m, d+1, 12, 0, 0, 0, zone).Unix()
	for low+1 < high {
		middle := low + (high-low)/2
		if time.Unix(middle, 0).In(zone).Day() == d {
			low = middle
		} else {
			high = middle
		}
	}
	return stretch(event.Unix(low, 0, 0), 0, lastOfMinute)
}

// stretch moves t by whole seconds and then to the given nanosecond of that second, on from a leap second's begin.
func stretch(t event.Time, seconds int64, nsec int32) event.Time {
	sec, had, zone, kind := t.Pack()
	const nineDigits = 9
	if had > lastOfSecond {
		nsec = lastOfMinute
	}
	return event.Unpack(sec+seconds, nsec, zone, kind&3|(nineDigits+1)<<2)
}

// hasSeconds tells 10:00:00 from 10:00 in a text that ParseTime reads. Only the form with hyphens can leave them out.
func hasSeconds(text string) bool {
	if text[4] != '-' {
		return true
	}
	_, after, colon := strings.Cut(text, ":")
	return !colon || len(after) > 2 && after[2] == ':'
}
