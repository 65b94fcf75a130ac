// Package value holds exact JSON values and documents that remember who changed what.
//
// A Node is a JSON value: keys in their order, numbers as the text that wrote them, never a float64. A Decimal computes with
// them exactly. A Doc is one key's document while events are folded into it: each event's writes are journaled and can be
// undone, and every node carries the stamp of the last event that changed it or something below it.
//
// A Sheet is a Doc without pointers, and a brief is an event read for it: its values with the numbers of their places, so that
// no name is hashed or compared again. Sheets fold what can be said without looking at the document, which is most of what the
// built-in merge does, and do the same as a Doc to the last stamp.
//
// # Encoding
//
// AppendBinary and AppendNode write values for frames and parked documents; whoever stores them adds checksums. All numbers
// are varints.
//
//	document = changed value                       changed: stamp of the document's last change
//	value    = 0                                   absent
//	         | nodes containers members texts node counts, so that a reader makes room once; texts in bytes
//	node     = head [size] [text] [stamp] parts
//	head     = one byte: code in the low three bits, size in the upper five, 31 = the size follows
//	           0 null  1 false  2 true  3 number  4 string that needs no escapes  5 string  6 array  7 object
//	size     = bytes of the text that follows, or count of the parts
//	stamp    = in documents only: the stamp of the array or object around it (of the document) minus its own
//	parts    = size nodes, in an object each behind the number of its name in Names
//
// AppendValue writes a value that is passed over without being read: head [size] text, or for an array or object its head with
// the count of the bytes behind it, which are what AppendNode writes.
package value
