package ingest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"asof/engine/eventlog"
)

// Account is what a store knows of how a source was read, for a person: it is the Verdict of the source's row in the log.
type Account struct {
	Verdict  Verdict   `json:"verdict"`
	Vote     Detection `json:"vote"`
	Order    Order     `json:"order"`
	Backward string    `json:"backward,omitempty"` // where and by how much its time turned backwards later; "" if it did not
	Gaps     []Gap     `json:"gaps,omitempty"`
	LeftOut  uint64    `json:"left_out,omitempty"` // events that are not of the slice
}

// AccountOf reads the account of a row. A row that ingest did not write has none.
func AccountOf(row eventlog.Source) (Account, error) {
	var a Account
	if len(row.Verdict) == 0 {
		return a, nil
	}
	if err := json.Unmarshal(row.Verdict, &a); err != nil {
		return a, fmt.Errorf("verdict of %s: %w", row.Name, err)
	}
	return a, nil
}

func (b *backward) said() string {
	if b == nil {
		return ""
	}
	return fmt.Sprintf("line %d, by %s", b.Line, b.By)
}

// settings are the parts of a configuration that belong to a store's identity, as texts.
func (c Config) settings() map[string]string {
	out := map[string]string{}
	if c.Format != "" {
		out["format"] = c.Format
	}
	for field, path := range c.Map {
		out["map."+field] = path
	}
	if c.Order != "" {
		out["order"] = c.Order
	}
	if c.Zone != nil {
		out["tz"] = c.Zone.String()
	}
	if c.Dedupe != "" {
		out["dedupe"] = c.Dedupe
	}
	if !c.Slice.IsZero() {
		out["slice"] = c.Slice.String()
	}
	return out
}

// SettingsError says that a store was made with other settings than it is to be read with now.
type SettingsError struct {
	Source string
	Stored map[string]string // see eventlog.Source.Options
}

// Error names the settings that the store was made with.
func (e *SettingsError) Error() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(e.Stored)) {
		parts = append(parts, fmt.Sprintf("%s=%s", name, e.Stored[name]))
	}
	return fmt.Sprintf("%s was read with other settings (%s): other settings need another store", e.Source, cmp.Or(strings.Join(parts, " "), "none"))
}
