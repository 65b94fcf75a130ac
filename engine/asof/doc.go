// Package asof keeps the change index of a projection: the state of every document at every position, who wrote each of its
// parts, and what came before and after, without replaying the log.
//
// # Segments, frames, keyframes
//
// The positions are cut into segments, and a segment's keys into partitions, which are folded in parallel. In a partition stand,
// key after key, the groups of the keys that were written to: how the document stood before, the keyframe, and then each write.
// A group of few entries has no keyframe: the document stands as at the end of the segment before that wrote to the key, or it has
// what changed since the end of an earlier segment that has one, a patch (patch.go). Groups are packed in frames that are compressed one by
// one; where a group goes on in
// the next frame, that begins with a keyframe too. Frames are at least five times as large as the keyframe they begin with.
//
//	segment 7                                  partition 2 of it
//	┌──────────┬──────────┬─────┬──────────┐   ┌────────┬──────────────────┬───────────┬───────┬────────┬─────┐
//	│ part 0   │ part 1   │ …   │ part n-1 │   │ header │ row per frame    │ end u32   │ paths │ frame  │ …   │
//	├──────────┼──────────┴──┬──┴──────────┤   └────────┴──────────────────┴───────────┴───────┴────────┴─────┘
//	│ column   │ marks       │ statistics  │    row: first key, its position, offset, size, raw size, sum u32
//	├──────────┼─────────────┼─────┬───────┤    sum: xxh3 of the compressed frame; end: of a path's text,
//	│ gists 0  │ gists 1     │ …   │ n-1   │    or of a word: a text that is written again and again, see words.go
//	└──────────┴─────────────┴─────┴───────┘    gists: what each frame of a part wrote at each path, see gist.go
//
//	frame  ┌───────────────────────────────┬─────────────────────┬────
//	       │ key 12: keyframe, writes      │ key 31: keyframe, … │ …      group.go draws the inside
//	       └───────────────────────────────┴─────────────────────┴────
//
// An object that grows to many members, and is written member by member, becomes a shelf (shelf.go, shelving.go): its members stand in
// buckets, which are rows of their own behind those of the keys, and the keyframes of the document leave them out. So a keyframe never
// copies the whole, and who asks for one member reads its bucket. Groups of the document still have all its writes, in order: whoever
// plays the whole document puts it together once, from its buckets, and goes on through the frames from there.
//
//	part   key 12: keyframe without the members of /orders, all writes │ … │ bucket 0 of it: keyframe, writes │ bucket 1: … │ …
//
// The state of a key as of a position: the directory names the last segment up to there that wrote to the key; the part's rows are
// searched in place for the frame; the frame is decompressed, its keyframe decoded, and the writes up to the position done
// again. That is one frame, two where a patch stands in the group, up to three where groups have neither, however long the log. Blame needs nothing more, since every node carries the position that last
// changed it, in keyframes too.
//
// # The file
//
// One bbolt file per projection, index-ID.bolt, where ID is the projection's identity. Numbers in keys are big-endian, in values
// little-endian. Every value begins with a seal (store.Seal) over its place and the rest; that of a part covers it up to the
// frames, that of a run its header and the rows of its leaves. What follows one another says what comes next, and the state how much there is, so that nothing goes missing unseen.
//
// An index is a cache. What proves to be damaged is built anew from the log before the question is answered (heal.go).
//
//	bucket    key                value
//	meta      "head"             JSON: format, projection and its source, shape
//	          "state"            generation, built position, keys, errors, names: rewritten by every commit
//	extents   first position     last position, parts, first new key, closed, errors, rows of buckets, changes, totals after it;
//	                             of one that is closed, from the next commit on: where in the file its parts lie
//	segments  first position     a bucket: part number → part; "column" → keys of each position; "marks" → totals at every
//	                             32nd position; "stats" → per path count, bounds, kinds, history; "gists" and the number of a
//	                             part → those of its frames; "errors" and the number
//	                             of a page → up to 256 fold errors, as JSON
//	keys      first id           a bucket: first id → run of the key dictionary (keyrun.go)
//	dir       first segment      a bucket: first segment → run of the directory: key → segments (dirrun.go)
//	names     first number       member names that documents are encoded with
//
// Runs of dictionary and directory are joined eight at a time when their segments are closed, and those that are left at the end of a
// build once more, so that a look-up probes few of them and opening the file loads nothing that grows with the log but the list of
// segments. A look-up reads and checks one leaf of a run. Where many keys are asked for, each step is done for all of them before the
// next, and asks the system for what that will read: pages of a file that is not in memory come together, and not one after the other.
//
// # Growing
//
// A commit adds one segment with all that belongs to it. While a log is followed, the last segments are open: small, and taken up
// again by a later one that is several times larger, until one has its full size and is closed. Taking up means folding again
// from the state before it, so that there is one way to make a segment. After a kill the build goes on behind the last commit.
// A build goes on while the log grows by whole segments, and only ever covers what is durable there. While something else, such as the
// import that it follows, takes memory (Options.Beside), it makes do with less, and waits once documents have no room (budget.go).
// Documents that are not at hand are parked in an encoded form (rows.go) within a budget (parked.go), compressed when there is little room,
// and read from the index beyond it.
// Where an event can be said in a brief, the window keeps that alone; should a document be needed after all, the window's events
// are read from the log again.
//
// # Hashes
//
// hash.go defines the additive hash of a state and that of a history. Totals of both stand at every 32nd position; what lies
// between is done again, or undone, from the frames of at most 16 events. The first divergence of two histories is found by bisection of
// these totals, or where paths are ignored by the statistics of the segments, and then by playing the stretch.
package asof
