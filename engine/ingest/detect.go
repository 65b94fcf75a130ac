package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// ErrFormat means that no importer reads a source.
var ErrFormat = errors.New("no format that asof reads")

// errUnknown is ErrFormat where all that decides about a source was read: naming a format could help.
var errUnknown = fmt.Errorf("%w", ErrFormat)

// wayOn is an error with what a person can do about it.
func wayOn(err error) error {
	if !errors.Is(err, errUnknown) {
		return err
	}
	return fmt.Errorf("%w; see asof formats, or name one of them with --format", err)
}

// majority is the share of a head's records, in percent, that a format must match to win by being the more specific one.
const majority = 50

// ballot is one importer's vote.
type ballot struct {
	importer Importer
	name     string
	vote     Vote
}

// choose lets the importers vote over a head, or takes the one that the person named. A head of blank lines, or of nothing, has no
// format: it is chosen when something comes.
func (c Config) choose(head Head) (Importer, Detection, error) {
	if head.Whole && c.Format == "" && len(bytes.TrimSpace(head.Bytes)) == 0 {
		return nil, Detection{Reason: "the file is empty"}, nil
	}
	ballots := make([]ballot, 0, len(c.Importers))
	for _, im := range c.Importers {
		ballots = append(ballots, ballot{im, im.Format().Name, im.Detect(head)})
	}
	if c.Format != "" {
		return named(ballots, c.Format)
	}
	im, d, err := elect(ballots)
	if what := outside(head.Bytes); what != "" && errors.Is(err, errUnknown) && head.Err == nil {
		err = fmt.Errorf("%w: %s", ErrFormat, what)
	}
	if err != nil && head.Err != nil {
		err = fmt.Errorf("%w; what comes before is in %w", head.Err, ErrFormat)
	}
	return im, d, err
}

// named is the detection when the format was given with --format.
func named(ballots []ballot, format string) (Importer, Detection, error) {
	known := make([]string, 0, len(ballots))
	for _, b := range ballots {
		if b.name == format {
			d := Detection{Format: format, Reason: "given with --format", Share: b.vote.Share}
			if b.vote.Reason != "" {
				d.Reason += "; " + b.vote.Reason
			}
			return b.importer, d, nil
		}
		known = append(known, b.name)
	}
	return nil, Detection{}, fmt.Errorf("format %q: %w; known are %s", format, ErrFormat, strings.Join(known, ", "))
}

// elect takes the most specific format among those that match most of the head's records, so that one odd line never decides;
// if none does, the one that matches most of them.
func elect(ballots []ballot) (Importer, Detection, error) {
	first, second := -1, -1
	for i := range ballots {
		switch {
		case ballots[i].vote.Weight <= 0 || ballots[i].vote.Share <= 0:
		case first < 0 || ballots[i].beats(ballots[first]):
			first, second = i, first
		case second < 0 || ballots[i].beats(ballots[second]):
			second = i
		}
	}
	if first < 0 {
		return nil, Detection{}, noFormat(ballots)
	}
	d := Detection{Format: ballots[first].name, Reason: ballots[first].vote.Reason, Share: ballots[first].vote.Share}
	if second >= 0 {
		d.RunnerUp, d.Second = ballots[second].name, ballots[second].vote.Reason
	}
	return ballots[first].importer, d, nil
}

// beats orders two votes: a majority beats none, then among majorities the weight counts, else the share. A tie goes to the
// importer that stands first in the list, which is why it is not beaten here.
func (b ballot) beats(o ballot) bool {
	bm, om := b.vote.Share > majority, o.vote.Share > majority
	switch {
	case bm != om:
		return bm
	case bm && b.vote.Weight != o.vote.Weight:
		return b.vote.Weight > o.vote.Weight
	case b.vote.Share != o.vote.Share:
		return b.vote.Share > o.vote.Share
	}
	return b.vote.Weight > o.vote.Weight
}

// outside says what a source is that no importer reads, and what would be one; "" if it cannot be told.
func outside(head []byte) string {
	start := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return "it is a SQLite database; its rows can be read as sqlite3 -json FILE 'select * from events' prints them"
	case bytes.HasPrefix(start, []byte("<")):
		return "it looks like XML; its events can be read as JSON Lines or CSV"
	case bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")):
		return "it is packed by xz, and read as xz -dc FILE | asof -"
	case bytes.HasPrefix(head, []byte("\x04\x22\x4d\x18")):
		return "it is packed by lz4, and read as lz4 -dc FILE | asof -"
	case bytes.HasPrefix(head, []byte("PAR1")):
		return "it is a Parquet file; its rows can be read as JSON Lines or CSV"
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return "it is a tar archive of files; unpack it first"
	case bytes.HasPrefix(head, []byte("%PDF")), bytes.IndexByte(head, 0) >= 0:
		return "it is binary, not text"
	case keyValues.Match(start):
		return "it looks like logfmt; its lines can be read as JSON Lines or CSV"
	}
	return ""
}

// keyValues is how a line of logfmt begins.
var keyValues = regexp.MustCompile(`^[a-z_@.]+=("[^"\n]*"|[^ "\n]*) [a-z_@.]+=`)

// noFormat says why each importer declined, where it says so.
func noFormat(ballots []ballot) error {
	var why []string
	for _, b := range ballots {
		if b.vote.Reason != "" {
			why = append(why, b.name+": "+b.vote.Reason)
		}
	}
	if len(why) == 0 {
		return errUnknown
	}
	return fmt.Errorf("%w (%s)", errUnknown, strings.Join(why, "; "))
}
