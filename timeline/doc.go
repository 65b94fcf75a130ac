// Package timeline is the one face of the engine for every ui: the screen, the command line and what comes later ask a
// [Session] the same questions and get the same immutable values.
//
// A session holds a store's log, the indexes of the projections in use (built behind the questions; scrubbing works up to
// the indexed position), and the case file. All its methods are safe for concurrent use, take a context and give up within
// 100 ms of its end. What they return is never written to again, so that a late answer can not tear a frame.
//
// Three words recur. A Cursor is where somebody stands: position, projection, branch. A Point is what state is asked of:
// projection, key, position. A Where is text that names a position (package where); [Session.Resolve] makes a [Place] of it.
//
// Every projection in use has a name, as [Session.Use] returns it; an empty name means the first one of the session.
package timeline
