// Package eventlog keeps events in the order in which they were read: an append-only log in one bbolt file.
package eventlog
