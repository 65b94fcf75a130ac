// Package expr is the language of conditions: what filters, breakpoints, tracepoints, searches and invariants are written in.
//
// A condition is a Starlark expression over five names:
//
//	event      the event                             event.type == "OrderPaid" and event.data.amount > 100
//	state      the key's document after the event    state.balance < 0
//	before     the document before it                before.status == "paid" and state.status != "paid"
//	key        the key whose document they are       key.startswith("order-")
//	position   the event's position                  position > 1000
//
// What is missing reads as None, compares as None and never raises. Numbers are exact. A condition gives True or False; None
// counts as False. It is asked of every event that belongs to a key, once per key; one that names event and position alone is
// asked once per event.
//
// What stands between "and" and compares one place with a constant is known as a [Term], so that an index can be asked first;
// a condition made of terms alone is answered here. Of the others package script runs few.
package expr
