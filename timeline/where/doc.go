// Package where reads and prints text that names a position of a log.
//
//	1234                    that position; start and end are before everything and the last one
//	50%  65.1%              that share of the log
//	+3  -1                  so many events after or before the cursor
//	-10m  +2h  +1d12h       so much time after or before the cursor (units w d h m s ms us ns)
//	2026-01-15              the end of that day; also 2026-01-15T10:00:00Z and every form that event.ParseTime reads
//	14:03  14:03:22         the same on the cursor's day
//	order-7:4               version 4 of the stream order-7: the last colon counts
//	order-7                 that stream's last event up to the cursor, else its first
//	PaymentFailed#3         the third event of that type
//	turn:41                 the 41st turn of an agent's run
//	'name                   a mark
//	/regexp/                the next event that matches
//	recorded:2026-01-15     as a date or time, asked of the recorded time
//	stream=ID stream=ID:N   a stream, whatever its name looks like
//
// The forms are tried from top to bottom: position, percent, relative, time, stream:version, stream, the rest. The first four
// are decided by looks alone. A name can look like several of the others (a stream may well be called turn:41), and only the
// log knows: such a text has several [Reading]s, to be tried in turn.
//
// A date, a minute or a second without a fraction means its last instant, so that as-of a day includes the day.
package where

// Legal says in one line what a where can be, for messages.
const Legal = "1234, start, end, 50%, +3, -1, -10m, 2026-01-15, 14:03:22, STREAM:VERSION, STREAM, TYPE#3, turn:41, 'MARK, /REGEXP/, " +
	"recorded:DATE or stream=ID"
