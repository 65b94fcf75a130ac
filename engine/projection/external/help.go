package external

// Help is what a program must do to fold events, for people.
const Help = `asof starts the program of --exec and speaks JSON Lines with it on standard input and output. Each side first says hello:
{"asof":"reducer","protocol":1}. Then each line in is {"key":…,"state":…,"event":{…}}, with state null where there is no document,
and each is answered with one line, in order and flushed: {"state":…} for the document after the event (null removes it),
{"patch":[…]} for a JSON Patch (RFC 6902) of it, or {"error":"why"} for an event that cannot be folded: its key is tainted from there.
An answer may repeat the event's "position", which is then checked.

An event has position, type, stream, data, and where the log has them id, streams, version, time, recorded_time, correlation_id,
causation_id and metadata. Everything that is no answer belongs on standard error, of which the end is shown with an error.

A hello with "state":"kept" says that the program keeps the document of the key it works on: then state comes only to seed it, with
the first event of a key after another key and after an event that failed, and a line without state goes on. A hello with
"numbers":"exact" says that it computes with exact numbers; of all others, a number that comes back changed by nothing but rounding
to a float64 is an error that names its path.

A program that ends, or is silent for longer than --exec-timeout, is started anew and asked one event at a time until the one is found that
it does not survive; that event fails and the rest goes on. To start and say hello it has 10 s, or --exec-timeout where that is
more. The key is the event's stream, or what --by finds. An index belongs to the
words of the command, --by, and the content of the files that the command names; what those files load is not looked at: after a
change there, asof projections --rebuild. Nothing of a store starts a program: it has to be named.

Examples: asof demo shop --write shop.jsonl --reducers . and then asof shop.jsonl --exec 'node orders.js'`
