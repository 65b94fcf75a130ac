package ingest

import (
	"cmp"

	"asof/engine/event"
)

// stamp is an instant as two numbers: smaller and faster to compare than an event.Time. Has is false for no time.
type stamp struct {
	Sec  int64 `json:"s,omitempty"`
	Nsec int32 `json:"n,omitempty"`
	Has  bool  `json:"has,omitempty"`
}

func stampOf(t event.Time) stamp {
	if t.IsZero() {
		return stamp{}
	}
	sec, nsec := t.Unix()
	return stamp{Sec: sec, Nsec: nsec, Has: true}
}

// stampOfRecord is the time of a record: that of its first event with one.
func stampOfRecord(r *Record) stamp {
	for i := range r.Events {
		if !r.Events[i].Time.IsZero() {
			return stampOf(r.Events[i].Time)
		}
	}
	return stamp{}
}

// compare orders two stamps, a missing one before all others.
func (s stamp) compare(o stamp) int {
	if s.Has != o.Has {
		if o.Has {
			return -1
		}
		return 1
	}
	if c := cmp.Compare(s.Sec, o.Sec); c != 0 {
		return c
	}
	return cmp.Compare(s.Nsec, o.Nsec)
}

func (s stamp) less(o stamp) bool { return s.compare(o) < 0 }

func (s stamp) max(o stamp) stamp {
	if s.less(o) {
		return o
	}
	return s
}

// seconds is the time from o to s, with a fraction; both must be times. It is for thresholds, not for answers.
func (s stamp) seconds(o stamp) float64 {
	return float64(s.Sec) - float64(o.Sec) + float64(s.Nsec-o.Nsec)/1e9
}
