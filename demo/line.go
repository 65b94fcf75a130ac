package demo

import (
	"bufio"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// line writes one event after another, by appending: a story of ten million events is written at the speed of the disk.
type line struct {
	out  *bufio.Writer
	buf  []byte
	rand *rand.Rand
	err  error
}

func newLine(w io.Writer, seed uint64) *line {
	return &line{out: bufio.NewWriterSize(w, 1<<20), rand: rand.New(rand.NewPCG(seed, 0x61736f66))}
}

// envelope is all of an event but its data.
type envelope struct {
	id, stream, kind    string
	version             int
	at                  int64 // milliseconds after the epoch
	correlation, caused string
	service             string // that wrote it
	redelivered         bool
}

// event starts an event: the data's members follow, then end.
func (l *line) event(e envelope) *line {
	l.raw(`{"id":"`).raw(e.id).raw(`","stream":"`).raw(e.stream).raw(`","version":`).int(int64(e.version))
	l.raw(`,"type":"`).raw(e.kind).raw(`","time":"`).time(e.at).raw(`","correlation_id":"`).raw(e.correlation)
	if e.caused != "" {
		l.raw(`","causation_id":"`).raw(e.caused)
	}
	l.raw(`","metadata":{"service":"`).raw(e.service).raw(`","schema":2`)
	if e.redelivered {
		l.raw(`,"redelivered":true`)
	}
	return l.raw(`},"data":{`)
}

func (l *line) raw(text string) *line {
	l.buf = append(l.buf, text...)
	return l
}

func (l *line) int(n int64) *line {
	l.buf = strconv.AppendInt(l.buf, n, 10)
	return l
}

// money appends cents as a decimal with two places.
func (l *line) money(cents int64) *line {
	if cents < 0 {
		l.buf, cents = append(l.buf, '-'), -cents
	}
	l.int(cents / 100)
	l.buf = append(l.buf, '.', byte('0'+cents/10%10), byte('0'+cents%10))
	return l
}

func (l *line) time(ms int64) *line {
	l.buf = time.UnixMilli(ms).UTC().AppendFormat(l.buf, "2006-01-02T15:04:05.000Z")
	return l
}

// name opens a member of the data whose value is not a string; text writes a whole member whose value is one.
func (l *line) name(name string) *line {
	l.comma()
	return l.raw(`"`).raw(name).raw(`":`)
}

func (l *line) text(name, value string) *line {
	return l.name(name).raw(`"`).raw(value).raw(`"`)
}

func (l *line) comma() {
	if last := l.buf[len(l.buf)-1]; last != '{' && last != '[' {
		l.buf = append(l.buf, ',')
	}
}

func (l *line) end() {
	l.raw("}}\n")
	if l.err == nil {
		_, l.err = l.out.Write(l.buf)
	}
	l.buf = l.buf[:0]
}

func (l *line) close() error {
	if err := l.out.Flush(); l.err == nil {
		l.err = err
	}
	return l.err
}

// id is 16 random characters: the part of a real log that does not compress.
func (l *line) id(prefix string) string {
	const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	text := append(make([]byte, 0, len(prefix)+16), prefix...)
	for range 2 {
		for bits, i := l.rand.Uint64(), 0; i < 8; i++ {
			text = append(text, alphabet[bits&31])
			bits >>= 5
		}
	}
	return string(text)
}

func (l *line) pick(from []string) string { return from[l.rand.IntN(len(from))] }

// between is a random number of the half-open range.
func (l *line) between(low, high int64) int64 { return low + l.rand.Int64N(high-low) }
