package ingest

// StoreSuffix is what a store's folder is named by.
const StoreSuffix = ".asof"

// Location is where a plan's store lies, or will lie.
type Location struct {
	Dir   string // the store's folder
	Found bool   // it is there already
	Why   string // for a person: why a new one although the file was opened before; else ""
}
