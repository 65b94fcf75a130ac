package script

import (
	"strings"

	"asof/engine/event"

	"go.starlark.net/starlark"
)

// eventField numbers the fields of an event, so that reading one compares no names.
type eventField uint8

const (
	fieldUnknown eventField = iota
	fieldID
	fieldType
	fieldStream
	fieldStreams
	fieldVersion
	fieldPosition
	fieldTime
	fieldRecorded
	fieldCorrelation
	fieldCausation
	fieldData
	fieldMetadata
	fieldRaw
)

var eventFields = [...]string{
	"", "id", "type", "stream", "streams", "version", "position", "time", "recorded_time", "correlation_id", "causation_id",
	"data", "metadata", "raw",
}

func eventFieldOf(name string) eventField {
	for i, field := range eventFields {
		if field == name && i > 0 {
			return eventField(i)
		}
	}
	return fieldUnknown
}

// eventView is the event as scripts see it. Fields are made when they are touched; nothing can be written.
type eventView struct {
	m        *machine
	event    *event.Event
	kind     starlark.Value // the type, or nil
	data     starlark.Value // decoded, or nil
	metadata starlark.Value
}

// knownKinds is of how many types the value is kept: scripts ask every event for its type, often several times.
const knownKinds = 32

// kinds are types of the events before.
type kinds [knownKinds]struct {
	text  string
	value starlark.Value
}

// typeValue is the event's type as a value, which few events have to make.
func (v *eventView) typeValue() starlark.Value {
	t := v.event.Type
	switch {
	case t == "":
		return starlark.None
	case v.kind != nil:
		return v.kind
	}
	slot := (len(t)*7 + int(t[0]) + int(t[len(t)-1])*3) % knownKinds
	known := &v.m.kinds[slot]
	if known.text != t {
		known.text = strings.Clone(t) // off the event's bytes
		known.value = starlark.String(known.text)
	}
	v.kind = known.value
	return v.kind
}

func (v *eventView) reset(e *event.Event) {
	v.event, v.kind, v.data, v.metadata = e, nil, nil, nil
}

// String names the event without its payload.
func (v *eventView) String() string { return "event " + v.event.ID }

// Type is the kind that type(event) answers.
func (v *eventView) Type() string { return "event" }

// Freeze does nothing: events are immutable.
func (v *eventView) Freeze() {}

// Truth is true.
func (v *eventView) Truth() starlark.Bool { return true }

// Hash refuses: an event is no key.
func (v *eventView) Hash() (uint32, error) {
	return 0, faultf("use event.id", "an event cannot be a key")
}

// Attr implements starlark.HasAttrs, which SetField needs.
func (v *eventView) Attr(name string) (starlark.Value, error) {
	return v.read(eventFieldOf(name), name)
}

// AttrNames lists the fields.
func (v *eventView) AttrNames() []string { return eventFields[1:] }

// SetField refuses: history does not change.
func (v *eventView) SetField(name string, _ starlark.Value) error {
	return faultf("upcast may return replace(event, data=…)", "an event cannot be changed: event.%s", name)
}

func optionalText[T ~string](s T) starlark.Value {
	if s == "" {
		return starlark.None
	}
	return starlark.String(s)
}

func (v *eventView) read(field eventField, name string) (starlark.Value, error) {
	e := v.event
	switch field {
	case fieldType:
		return v.typeValue(), nil
	case fieldData:
		if v.data == nil {
			data, err := v.m.decodeLazy(e.Data(), e.Marks.Has(event.RepeatedKey))
			if err != nil {
				return nil, err
			}
			v.data = data
		}
		return v.data, nil
	case fieldID:
		return optionalText(e.ID), nil
	case fieldStream:
		return optionalText(e.Stream), nil
	case fieldStreams:
		return v.streams()
	case fieldVersion:
		if e.Numbering == event.Unnumbered {
			return starlark.None, nil
		}
		return starlark.MakeInt64(int64(e.Version)), nil
	case fieldPosition:
		return starlark.MakeUint64(uint64(e.Position)), nil
	}
	return v.readRare(field, name)
}

func (v *eventView) readRare(field eventField, name string) (starlark.Value, error) {
	e := v.event
	switch field {
	case fieldTime:
		return timeValue(e.Time), nil
	case fieldRecorded:
		return timeValue(e.Recorded), nil
	case fieldCorrelation:
		return optionalText(e.Correlation), nil
	case fieldCausation:
		return optionalText(e.Causation), nil
	case fieldMetadata:
		if v.metadata == nil {
			meta, err := v.m.decodeLazy(e.Metadata(), e.Marks.Has(event.RepeatedKey))
			if err != nil {
				return nil, err
			}
			v.metadata = meta
		}
		return v.metadata, nil
	case fieldRaw:
		return starlark.String(e.Raw), v.m.charge(len(e.Raw))
	}
	return nil, faultf("the payload is under event.data; an event has "+strings.Join(eventFields[1:], " "), "an event has no field %s", name)
}

func (v *eventView) streams() (starlark.Value, error) {
	streams := v.event.Streams()
	out := make(starlark.Tuple, len(streams))
	for i, s := range streams {
		out[i] = starlark.String(s)
	}
	return out, v.m.charge(32 * len(out))
}
