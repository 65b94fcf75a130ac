// Package eventlog keeps events in the order in which they were read: an append-only log in one bbolt file, log.bolt.
//
// # The bytes
//
// Integers in keys are big-endian, in values little-endian; "varint" is encoding/binary's. Every value is sealed:
//
//	┌───────────┬──────────────┬──────┐
//	│ version 5 │ xxh3-64, 8 B │ rest │   the hash is of the bucket's name, the key and the rest
//	└───────────┴──────────────┴──────┘
//
//	bucket    key                              rest of the value
//	meta      "identity"                       JSON: Identity
//	          "head"                           JSON: number of the commit, head, root, counts, runs of the directories
//	blocks    first position u64               a block
//	clock     chunk u32                        64 blocks' summaries: first, count, times, clock at the end
//	outliers  segment u32                      offsets u16 of the events that do not move the clock
//	postings  kind u8, segment u32, from u16   a run: which offsets have which text, by hash
//	names     kind u8, run u32, text, page u32 a page of a directory: names in order with count, first, last, version
//	sources   id u32                           JSON: Source
//	rejects   first number u64                 count u32, size u32, then zstd of the rejected records; one that was taken
//	                                           back keeps its number, and nothing else
//
// A block holds at least 160 KiB of records, but for the last one, which stays open: each commit writes it anew until it is
// full. A block ends with its segment of 65,536 positions.
//
//	┌───────────┬──────────────────┬──────────┬────────┬──────┬──────────────┬────────────┬────────────┬──────┐
//	│ count u32 │ 3 × 2 sizes, u32 │ earliest │ latest │ link │ 2 B an event │ zstd(text) │ zstd(cuts) │ bits │
//	└───────────┴──────────────────┴──────────┴────────┴──────┴──────────────┴────────────┴────────────┴──────┘
//
// The text is
//
//	┌──────┬────────┬───────┬─────────┬──────────────────────────────────────┐
//	│ rest │ values │ forms │ columns │ lengths of rest, forms, columns, u32 │
//	└──────┴────────┴───────┴─────────┴──────────────────────────────────────┘
//
// The rest are the original bytes of the records, one after the other, each once however many events were made of it, without
// the ids, correlation and causation ids that were cut out of them: those lie together in the cuts, where they compress by
// their own alphabet and do not break the matches of the rest.
//
// A record whose reader saw of which mould it is (event.Cast) is kept apart: the mould, which is all of the record but its
// values, is written once a block, and for each place of a value in a mould there is a column, its values one after another, each with
// a zero byte behind it. Like values lie together that way, and most columns are of one form (typed.go): numbers, times, ids, or a few
// texts. The forms say which; numbers go into the bits, which are not compressed any further, and texts into the values. When a block
// is read, its columns are made again as they were, behind the rest: all that looks into a block looks at these. Who looks for a text
// passes over columns that it can not be in, such as ids for a text with a blank (sieve.go). The sizes are those
// of the text and the cuts, each before and after it was compressed, then how long rest and columns are together, and the bits.
//
// What events have in common is a shape: type, form of times, the record's mould, and for each field how it is kept and where
// it stands in the record, as a distance from the end of the field before it. Of a record that was cast the shape says it once for
// all: a text, a version or a time is the value of that number, a payload lies between two places of the gaps (slots.go). The
// events' columns begin with the order of the fields, the types' names and the columns' lengths; the first of them are the
// events' shapes by number, and the shapes, each written when it is first used. The other columns hold what a shape says to vary, and what does not stand in the record. A text that stands word for
// word in its record is not kept twice, nor are payloads, versions and times that can be read from there again; reading gives
// strings that point into the block, so that it costs allocations by the block and not by the event.
//
// The seal's hash covers what a block's link does not: places, marks, payloads that an importer had to build.
//
// # The chain
//
//	link(0) = 32 zero bytes
//	link(n) = SHA-256(link(n-1) ‖ SHA-256(envelope) ‖ SHA-256(original bytes))
//
// The envelope is id, number of streams and the streams, type, numbering u8, version, time, recorded time, ordinal: a text
// is its length and its bytes, a time its kind u8 (0 = none, and no more), seconds, nanoseconds, zone, and the other numbers
// are varints. Neither blocks, nor commits, nor places in a source go into it. A block has the link at its last event, and
// two bytes of the link at each event, by which Verify names the event that was changed.
//
// # Finding
//
// Postings find events by stream, category, type, correlation and id. They keep 44 bits of a text's hash (36 for ids); what
// they find is compared with the event's own text before it is an answer. Postings and directories grow by runs that are
// merged with runs of like size, so that a commit costs what it adds, and a look-up some probes.
//
// # Commits
//
// What is added waits for its block to be full. Then the ids and names of the block are seen, all at once, and it goes to a worker,
// which hashes, encodes and compresses it; the linker takes the blocks in order and makes the chain and the clock.
//
// A Writer holds log.bolt.writer for as long as it is open; the bbolt file itself is held for each commit only (package
// store). Events, postings, directories, places of sources and rejected records go into one transaction. The head is then
// repeated in log.head beside the log, so that a log that was cut back or replaced by an older copy is found out. Whoever
// rebuilds both is not: only a root that was noted elsewhere tells that.
package eventlog
