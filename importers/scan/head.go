package scan

import "asof/engine/ingest"

// headRecords finds the first records of a head and what wraps them.
func headRecords(head *ingest.Head) {}
