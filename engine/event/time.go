package event

import (
	"cmp"
	"time"
)

// Time is an instant as a source wrote it: with leap seconds, its own zone and its own precision. The zero Time is no time
// at all; Unix time 0 is a time like any other.
//
// A leap second 23:59:60.x is kept as the second before it plus 1.x seconds, as chrono does, so that it sorts between its
// neighbours. Digits beyond nanoseconds stay in the original bytes only.
type Time struct {
	sec    int64 // Unix seconds
	nsec   int32 // 0 … 999,999,999; from 1,000,000,000 on within a leap second
	zone   int16 // minutes east of UTC
	flags  timeFlags
	digits int8 // digits of the second's fraction: 0 … 9; -1 = a date only
}

type timeFlags uint8

const (
	timeSet timeFlags = 1 << iota
	timeZoned
)

const leapBase = 1_000_000_000

// Unix is the instant at sec seconds and nsec nanoseconds after the epoch, in UTC, with the given digits of fraction.
func Unix(sec int64, nsec int64, digits int) Time {
	sec += nsec / leapBase
	nsec %= leapBase
	if nsec < 0 {
		sec, nsec = sec-1, nsec+leapBase
	}
	return Time{sec: sec, nsec: int32(nsec), flags: timeSet | timeZoned, digits: int8(digits)}
}

// Of is t as a Time with nanosecond precision and t's zone.
func Of(t time.Time) Time {
	_, offset := t.Zone()
	return Time{sec: t.Unix(), nsec: int32(t.Nanosecond()), zone: int16(offset / 60), flags: timeSet | timeZoned, digits: 9}
}

// IsZero reports whether there is no time.
func (t Time) IsZero() bool { return t.flags&timeSet == 0 }

// Zoned reports whether the source named a zone; where it did not, one was assumed.
func (t Time) Zoned() bool { return t.flags&timeZoned != 0 }

// Digits is how many digits of the second's fraction the source wrote, at most 9; -1 for a date without a time of day.
func (t Time) Digits() int { return int(t.digits) }

// IsLeap reports whether t lies within a leap second.
func (t Time) IsLeap() bool { return t.nsec >= leapBase }

// Unix is the instant in seconds and nanoseconds since the epoch. Within a leap second nsec is 1,000,000,000 or more.
func (t Time) Unix() (sec int64, nsec int32) { return t.sec, t.nsec }

// Compare orders two times, a missing one before all others.
func (t Time) Compare(u Time) int {
	if t.IsZero() || u.IsZero() {
		return cmp.Compare(t.flags&timeSet, u.flags&timeSet)
	}
	if c := cmp.Compare(t.sec, u.sec); c != 0 {
		return c
	}
	return cmp.Compare(t.nsec, u.nsec)
}

// Before reports whether t is earlier than u.
func (t Time) Before(u Time) bool {
	if t.flags&u.flags&timeSet == 0 {
		return t.flags&timeSet < u.flags&timeSet
	}
	return t.sec < u.sec || t.sec == u.sec && t.nsec < u.nsec
}

// After reports whether t is later than u.
func (t Time) After(u Time) bool { return u.Before(t) }

// Sub is the duration t - u, cut at what a time.Duration holds (292 years). It is 0 if either is missing.
func (t Time) Sub(u Time) time.Duration {
	if t.IsZero() || u.IsZero() {
		return 0
	}
	sec, nsec := t.sec-u.sec, int64(t.nsec)-int64(u.nsec)
	const most = int64(1<<63-1) / leapBase
	switch {
	case sec >= most:
		return 1<<63 - 1
	case sec <= -most:
		return -1 << 63
	}
	return time.Duration(sec*leapBase + nsec)
}

// Add is t moved by d; a missing time stays missing. Leap seconds are not counted.
func (t Time) Add(d time.Duration) Time {
	if t.IsZero() {
		return t
	}
	moved := Unix(t.sec+int64(d/time.Second), int64(t.nsec)+int64(d%time.Second), int(t.digits))
	moved.zone, moved.flags = t.zone, t.flags
	return moved
}

// Std is the instant as a time.Time in the time's own zone. A leap second becomes the second after it.
func (t Time) Std() time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	loc := time.UTC
	if t.zone != 0 {
		loc = time.FixedZone("", int(t.zone)*60)
	}
	return time.Unix(t.sec, int64(t.nsec)).In(loc)
}

// At is the same instant as seen in loc.
func (t Time) At(loc *time.Location) Time {
	if t.IsZero() {
		return t
	}
	_, offset := time.Unix(t.sec, 0).In(loc).Zone()
	t.zone, t.flags = int16(offset/60), t.flags|timeZoned
	return t
}

// Text is t as RFC 3339 text in its own zone and precision, and "" for a missing time. A date only is shown as its midnight.
func (t Time) Text() string { return string(t.Append(nil, nil)) }

// In is t as RFC 3339 text in the zone loc, with t's own precision.
func (t Time) In(loc *time.Location) string { return string(t.Append(nil, loc)) }

// Append appends t as RFC 3339 text in loc, or in its own zone if loc is nil, to dst.
func (t Time) Append(dst []byte, loc *time.Location) []byte {
	if t.IsZero() {
		return dst
	}
	whole := time.Unix(t.sec, 0).In(t.Std().Location())
	if loc != nil {
		whole = whole.In(loc)
	}
	dst = whole.AppendFormat(dst, "2006-01-02T15:04:05")
	frac := t.nsec
	if t.IsLeap() {
		dst = append(dst[:len(dst)-2], "60"...)
		frac -= leapBase
	}
	dst = appendFraction(dst, frac, int(t.digits))
	return whole.AppendFormat(dst, "Z07:00")
}

func appendFraction(dst []byte, nsec int32, digits int) []byte {
	if digits <= 0 {
		return dst
	}
	var text [9]byte
	for i := len(text) - 1; i >= 0; i-- {
		text[i] = byte('0' + nsec%10)
		nsec /= 10
	}
	dst = append(dst, '.')
	return append(dst, text[:digits]...)
}

// Pack is t as four plain numbers, for a codec; Unpack is its inverse.
func (t Time) Pack() (sec int64, nsec int32, zone int16, kind uint8) {
	if t.IsZero() {
		return 0, 0, 0, 0
	}
	return t.sec, t.nsec, t.zone, uint8(t.flags) | uint8(t.digits+1)<<2
}

// Unpack is the time whose Pack gave these numbers.
func Unpack(sec int64, nsec int32, zone int16, kind uint8) Time {
	if kind == 0 {
		return Time{}
	}
	return Time{sec: sec, nsec: nsec, zone: zone, flags: timeFlags(kind & 3), digits: int8(kind>>2) - 1}
}
