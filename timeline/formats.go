package timeline

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"

	"asof/engine/event"
)

// jsonLines writes one object per event with the names that `asof events --json` uses, which every importer's mapping knows.
type jsonLines struct{}

func (jsonLines) begin(*bufio.Writer) error { return nil }

func (jsonLines) event(w *bufio.Writer, e Event) error {
	var o object
	o.number("position", uint64(e.Position))
	o.text("id", e.ID)
	o.text("stream", string(e.Stream))
	o.list("streams", e.Others, e.Streams)
	if e.Numbering != event.Unnumbered {
		o.raw("version", strconv.AppendInt(nil, int64(e.Version), 10))
	}
	o.text("type", e.Type)
	o.text("time", e.Time.Text())
	o.text("recorded_time", e.Recorded.Text())
	o.text("correlation_id", e.Correlation)
	o.text("causation_id", e.Causation)
	o.raw("data", e.Data())
	o.raw("metadata", e.Metadata())
	return o.line(w)
}

// cloudEvents writes one CloudEvent 1.0 in structured JSON form per event. What CloudEvents has no attribute for stands in
// extension attributes.
type cloudEvents struct{}

func (cloudEvents) begin(*bufio.Writer) error { return nil }

func (cloudEvents) event(w *bufio.Writer, e Event) error {
	source := e.Source
	if source == "" {
		source = "asof"
	}
	var o object
	o.text("specversion", "1.0")
	o.text("id", e.ID)
	o.text("source", source)
	o.text("type", e.Type)
	o.text("subject", string(e.Stream))
	o.text("time", e.Time.Text())
	o.text("correlationid", e.Correlation)
	o.text("causationid", e.Causation)
	if e.Numbering != event.Unnumbered {
		// The type system of CloudEvents ends at 32 bits; as text a version keeps its digits.
		o.text("streamversion", strconv.FormatInt(int64(e.Version), 10))
	}
	o.text("recordedtime", e.Recorded.Text())
	if data := e.Data(); data != nil {
		o.text("datacontenttype", "application/json")
		o.raw("data", data)
	}
	return o.line(w)
}

// commaSeparated writes a table with a header; data and metadata are JSON texts in a cell.
type commaSeparated struct{}

func (commaSeparated) begin(w *bufio.Writer) error {
	return record(w, "position", "id", "stream", "version", "type", "time", "recorded_time", "correlation_id", "causation_id", "data", "metadata")
}

func (commaSeparated) event(w *bufio.Writer, e Event) error {
	version := ""
	if e.Numbering != event.Unnumbered {
		version = strconv.FormatInt(int64(e.Version), 10)
	}
	return record(w, strconv.FormatUint(uint64(e.Position), 10), e.ID, string(e.Stream), version, e.Type, e.Time.Text(), e.Recorded.Text(),
		e.Correlation, e.Causation, string(e.Data()), string(e.Metadata()))
}

func record(w *bufio.Writer, cells ...string) error {
	table := csv.NewWriter(w)
	if err := table.Write(cells); err != nil {
		return err
	}
	table.Flush()
	return table.Error()
}

// originals writes records as they came in. The events of one record follow each other closely, so that the last places are
// enough to write it once.
type originals struct {
	written map[event.Place]bool
	recent  []event.Place
}

func (*originals) begin(*bufio.Writer) error { return nil }

func (o *originals) event(w *bufio.Writer, e Event) error {
	if e.Place.Source > 0 { // an appended event is a record of its own
		if o.written[e.Place] {
			return nil
		}
		o.note(e.Place)
	}
	if _, err := w.Write(e.Raw); err != nil {
		return err
	}
	return w.WriteByte('\n')
}

func (o *originals) note(p event.Place) {
	const most = 1 << 14
	if o.written == nil {
		o.written = map[event.Place]bool{}
	}
	if len(o.recent) == most {
		for _, old := range o.recent[:most/2] {
			delete(o.written, old)
		}
		o.recent = append(o.recent[:0], o.recent[most/2:]...)
	}
	o.written[p] = true
	o.recent = append(o.recent, p)
}

// object is one JSON object, member by member. Empty values are left out.
type object struct{ buf bytes.Buffer }

func (o *object) name(name string) {
	if o.buf.Len() == 0 {
		o.buf.WriteByte('{')
	} else {
		o.buf.WriteByte(',')
	}
	o.buf.WriteString(strconv.Quote(name)) // our own names: plain ASCII
	o.buf.WriteByte(':')
}

func (o *object) text(name, text string) {
	if text != "" {
		o.name(name)
		o.quote(text)
	}
}

func (o *object) quote(text string) {
	encoder := json.NewEncoder(&o.buf)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always has a JSON text, and a buffer takes it
	o.buf.Truncate(o.buf.Len() - 1)
}

func (o *object) number(name string, n uint64) {
	o.name(name)
	o.buf.WriteString(strconv.FormatUint(n, 10))
}

func (o *object) list(name string, others []event.StreamID, all func() []event.StreamID) {
	if len(others) == 0 {
		return
	}
	o.name(name)
	for i, id := range all() {
		o.buf.WriteByte("[,"[min(i, 1)])
		o.quote(string(id))
	}
	o.buf.WriteByte(']')
}

// raw writes a JSON text, on one line.
func (o *object) raw(name string, text []byte) {
	if text == nil {
		return
	}
	o.name(name)
	before := o.buf.Len()
	if err := json.Compact(&o.buf, text); err != nil {
		// Bytes that are no JSON can come from a hostile source only; as a string they do no harm.
		o.buf.Truncate(before)
		o.quote(string(text))
	}
}

func (o *object) line(w *bufio.Writer) error {
	if o.buf.Len() == 0 {
		o.buf.WriteByte('{')
	}
	o.buf.WriteString("}\n")
	_, err := w.Write(o.buf.Bytes())
	return err
}
