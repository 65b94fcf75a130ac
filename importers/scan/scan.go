// Package scan is what importers share: unpacking, text as UTF-8, a strict scanner over JSON records that keeps their bytes,
// times, and the choice of which fields become what.
package scan

import (
	"io"

	"asof/engine/ingest"
)

// HeadBytes is how much of a source decides about it: 1 MiB. Names and values of the first 64 KiB are too few to tell a type
// from a constant in logs of large records.
const HeadBytes = 1 << 20

// HeadRecords is how many records of a head are offered to the vote.
const HeadRecords = 200

// HeadOf reads the head of body, which is unpacked UTF-8 text, and returns with it a reader of the whole body. A body that
// yields nothing at present (0, nil) after some bytes is taken as far as it is there.
func HeadOf(name string, body io.Reader) (ingest.Head, io.Reader, error) {
	buf := make([]byte, 0, firstChunk/4)
	var err error
	for len(buf) < HeadBytes && err == nil {
		if len(buf) == cap(buf) {
			buf = append(make([]byte, 0, min(4*len(buf), HeadBytes)), buf...)
		}
		var n int
		n, err = body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if n == 0 && err == nil && len(buf) > 0 {
			break
		}
	}
	if err != nil && err != io.EOF && len(buf) == 0 {
		return ingest.Head{}, nil, err
	}
	head := ingest.Head{Name: name, Bytes: buf, Whole: err == io.EOF}
	if err != io.EOF {
		head.Err = err
	}
	headRecords(&head)
	rest := body
	if err != nil {
		rest = failing{err}
	}
	return head, &replay{start: buf, rest: rest}, nil
}
