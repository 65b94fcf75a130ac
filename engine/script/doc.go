// Package script runs projections that people write in Starlark: Python's looks, deterministic, without I/O.
//
// A Program is a compiled script; it is immutable and may be shared. A Runner runs it for one goroutine. A Condition is an
// expression in the same language. Scripts see the event and the document as lazy values of our own: a field is decoded when
// it is touched, and every write goes to the document's journal, so that no diff is computed while folding.
//
// Stock Starlark computes with float64 and raises where a field is missing, and custom values alone cannot change that. So
// the syntax tree is rewritten before it is compiled; rewrite.go says how.
//
// # The language
//
// A script defines apply(state, event) or apply(state, event, key), and may define upcast(event), key(event) and init(key).
// There is no load, no while, no recursion, no set, no byte string.
//
// Events have id type stream streams version position time recorded_time correlation_id causation_id data metadata raw. They
// cannot be changed; upcast may return replace(event, type=…, data=…, metadata=…).
//
// Documents have fields and no methods: state.items is the field named items. A missing field reads as None, and so does all
// that is read through it. There are x in d, for k in d, len(d), keys(d), values(d), items(d), get(d, k, default), delete(d, k).
// Lists have append insert extend pop remove clear index, and index assignment. Assignment copies; += on a list extends it in
// place. A dict that the script makes is Python's, with its methods; a missing key reads as None there too.
//
// Numbers are exact: whole ones of any size, and decimals. Division rounds to 34 digits, half to even; round(x, places) too.
// Ordering against None is False; arithmetic on None raises. int and float read texts, and float stays exact.
//
// Times come from events, from parse_time(text, zone) and from_timestamp(seconds). They compare, their difference is a
// duration, and they have year month day hour minute second weekday date unix; in_zone(t, zone) has another zone's. Durations
// come from duration(seconds, minutes=, hours=, days=), and have seconds.
//
// decode(text, default) parses JSON inside a text. abs all any bool chr dict enumerate fail float getattr hasattr int len list
// max min ord print range repr reversed round sorted str sum tuple type zip are Python's, as far as numbers and limits allow.
//
// # Limits
//
// One event may cause so many steps and allocate so many bytes, counted where values of ours are made, in all and not at a
// time. What costs more than a step counts as more. Numbers have at most 10,000 digits. See Limits and Limit.
//
// # Conditions
//
// A condition made of fields, comparisons, arithmetic, `in` and a few calls is answered without the interpreter (direct.go), which is
// asked only where an answer would be an error or is rare. Both must agree, errors included. The same goes for an apply that only
// assigns such expressions to fields of the state and to local names, chosen by ifs (directapply.go): where one of them is rare, the
// event's writes are undone and the interpreter folds it. With limits below the usual ones the
// interpreter does it all, since it alone counts.
package script
