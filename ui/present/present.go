// Package present turns events, values, times and counts into plain text for people: words, tables and one JSON object per
// line. It knows no colour and no screen.
//
// Everything that came from a log, a script, a file name or a remote error is hostile. It becomes drawable only as Safe, and
// Text is the one door: a function that draws takes Safe, so that unescaped text does not compile.
package present

// Ellipsis stands where text was cut.
const Ellipsis = "…"
