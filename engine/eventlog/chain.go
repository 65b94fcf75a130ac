package eventlog

import (
	"crypto/sha256"
	"encoding/binary"

	"asof/engine/event"
)

// link is the chain's hash at a position.
type link = [sha256.Size]byte

// digests are the hashes of one event that the chain is made of. They do not depend on the event before, so that they can
// be made in parallel.
type digests struct{ envelope, raw link }

// link is the link after an event: SHA-256(before ‖ SHA-256(envelope) ‖ SHA-256(original bytes)).
func (h *hasher) link(before *link, d *digests) link {
	h.text = append(append(append(h.text[:0], before[:]...), d.envelope[:]...), d.raw[:]...)
	return h.sum()
}

// digestAll fills in the hashes of events. A record's hash is made once for all of its events.
func digestAll(events []event.Event, out []digests) {
	h := hashers.Get().(*hasher)
	defer hashers.Put(h)
	for i := range events {
		e := &events[i]
		h.text = appendEnvelope(h.text[:0], e)
		out[i].envelope = h.sum()
		if i > 0 && sameRecord(e, &events[i-1]) {
			out[i].raw = out[i-1].raw
		} else {
			out[i].raw = h.of(e.Raw)
		}
	}
}

// appendEnvelope appends the canonical form of what an event is beside its original bytes: texts as length and bytes,
// integers as varints, times as event.Time.Pack gives them.
func appendEnvelope(dst []byte, e *event.Event) []byte {
	dst = appendText(dst, e.ID)
	if e.Stream == "" && len(e.Others) == 0 {
		dst = append(dst, 0)
	} else {
		dst = binary.AppendUvarint(dst, uint64(1+len(e.Others)))
		dst = appendText(dst, string(e.Stream))
		for _, s := range e.Others {
			dst = appendText(dst, string(s))
		}
	}
	dst = appendText(dst, e.Type)
	dst = append(dst, byte(e.Numbering))
	dst = binary.AppendVarint(dst, int64(e.Version))
	dst = appendTime(dst, e.Time)
	dst = appendTime(dst, e.Recorded)
	return binary.AppendUvarint(dst, uint64(e.Ordinal))
}

func appendText(dst []byte, s string) []byte {
	if len(s) < 0x80 {
		return append(append(dst, byte(len(s))), s...)
	}
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendTime(dst []byte, t event.Time) []byte {
	sec, nsec, zone, kind := t.Pack()
	dst = append(dst, kind)
	if kind == 0 {
		return dst
	}
	dst = binary.AppendVarint(dst, sec)
	dst = binary.AppendUvarint(dst, uint64(uint32(nsec)))
	return binary.AppendVarint(dst, int64(zone))
}

// sameRecord reports whether two events were made of one record, so that its bytes are kept once.
func sameRecord(e, before *event.Event) bool {
	if len(e.Raw) != len(before.Raw) || len(e.Raw) == 0 {
		return false
	}
	return &e.Raw[0] == &before.Raw[0]
}
