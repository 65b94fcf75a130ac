// Package ingest brings sources into one log: it finds the files, lets the importers vote on their format, decides the order,
// merges, and keeps each source's place with the events that came from it, so that an import that was killed goes on without
// loss or repeat and the same file is never loaded twice.
//
// It knows no format. Importers and the opener that unpacks come in through Config.
package ingest

import (
	"cmp"
	"io"
	"time"
)

// Config is what a plan needs besides its targets. Format, Map, Order, Zone, Slice and Dedupe belong to a store's identity.
type Config struct {
	Importers []Importer
	Opener    Opener

	Format string            // an importer's name; "" lets the importers vote
	Map    map[string]string // field to path, see Options
	Order  string            // "" decides; "file", "time", or the path of a sequence
	Zone   *time.Location    // for times without a zone; nil = UTC
	Slice  Slice             // the part of the events that is loaded
	Dedupe string            // "" keeps repeated ids and marks them; "id" leaves them out

	Limit  int64     // bytes of one record; 0 = 64 MiB
	Memory int64     // bytes that sorting may hold, and half of what deciding may before it; 0 = 64 MiB
	Temp   string    // folder for what a sort spills; "" = the system's
	Stdin  io.Reader // what "-" reads

	lanes int   // how many sources are read at once; 0 = one
	trial int64 // bytes before a trial; 0 = trialAfter
}

func (c Config) trialAfter() int64 { return cmp.Or(c.trial, trialAfter) }

func (c Config) memory() int64 {
	if c.Memory > 0 {
		return c.Memory
	}
	return 64 << 20
}

// share is what each of the sources that are read at once may hold.
func (c Config) share() int64 { return c.memory() / int64(max(1, c.lanes)) }

func (c Config) options() Options {
	o := Options{Map: c.Map, Zone: c.Zone, Limit: c.Limit}
	if c.Order != "" && c.Order != OrderFile && c.Order != OrderTime {
		o.Map = make(map[string]string, len(c.Map)+1)
		for k, v := range c.Map {
			o.Map[k] = v
		}
		o.Map["sequence"] = c.Order
	}
	return o
}

// The orders in which a source's records can be read.
const (
	OrderFile     = "file"     // as they stand
	OrderSequence = "sequence" // by the source's own number
	OrderTime     = "time"     // by time, ties as they stand
	OrderReverse  = "reverse"  // last record first
)
