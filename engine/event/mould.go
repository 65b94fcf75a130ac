package event

// Mould is what the records of one program have in common: all of their bytes but for the values. Between two neighbouring
// gaps stands a value, so that a record is gap, value, gap, …, gap.
type Mould struct {
	Gaps []string // one more than values
}

// Cast says of which mould a record is, and where in its bytes the values stand. Whoever reads records notices that anyway,
// and a log that knows it keeps the mould once and like values together.
type Cast struct {
	Mould  *Mould
	Values []Span
}
