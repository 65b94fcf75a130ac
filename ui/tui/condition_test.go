package tui_test

import "testing"

func TestFindingACondition(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("/").Type("=").ExpectRow("a condition over event, state, before, key, position")
	d.Type(` state.status == "paid" an`).ExpectRow("condition:1:").Type("d True").ExpectRow("where this holds, over all of history").Press("enter")
	d.ExpectRow(`= state.status == "paid" and True: order-1 from 3 up to 5 · 1 of 2`).ExpectRow("merge · 3 ·").ExpectRow("●━", "━")
	d.Press("n").ExpectRow("order-2 from 5, and still · 2 of 2").ExpectRow("merge · 5 ·")
	d.Press("n").ExpectRow("order-1 from 3", "went on at the other end").ExpectRow("merge · 3 ·").Press("N").ExpectRow("merge · 5 ·")
	d.Press("/").Type("= state.status == 'lost'").Press("enter").ExpectRow("holds nowhere in 8 events")
	d.Press("/").Type("state.status == 'paid'").ExpectRow("where this holds, over all of history").Press("enter").ExpectRow("1 of 2")
	d.Press("/").Type("state.status == paid").ExpectRow("these words in events; no condition:", "undefined: paid").Press("esc")
	d.Press("/").Type("text:state.status == 'paid'").ExpectRow("these words in events").Press("enter").ExpectRow("no state.status == 'paid' in 8 events")
	d.Press("g").Press("/").Type("= event.type == 'OrderPaid'").Press("enter").ExpectRow("event 3 · 1 of 2")
	d.Press("/").Type("value:refunded").Press("enter").ExpectRow("order-1 from 6, and still /$type PaymentRefunded · 1 of 2").ExpectRow("merge · 6 ·")
	d.Press("/").Type("re:Refund(ed)?").Press("enter").ExpectRow("merge · 7 ·")
	d.Press("/").Type("text:/x").Press("enter").ExpectRow("no /x in 8 events")
	line(d, "find = state.refund > 20").ExpectRow("order-1 from 7, and still")
	d.Press("/").Type("= state.stauts == 'paid'").Press("enter").ExpectRow("holds nowhere in 8 events: no document ever had /stauts")
}

func TestLongMessagesAreWrapped(t *testing.T) {
	d := open(t, shop(), 80, 24)
	d.Press("/").Type("= state.a_field_with_a_long_name == 'paid' or state.another_field == 2").Press("enter")
	d.ExpectRow("holds nowhere in").ExpectRow("8 events: no document ever had /a_field_with_a_long_name or /another_field")
}

func TestLongPreviewsAreWrapped(t *testing.T) {
	d := open(t, shop(), 80, 24)
	d.Press("/").Type("= event.type == 'a' and event.no_such_field_of_an_event == 2").ExpectRow("condition:1:28: an event has no field")
	d.ExpectRow("causation_id")
}

func TestHitsAreCountedOnTheLine(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press(":").Type("b OrderPaid").ExpectRow("2 hits, the first at 3").Type(" if event.data.status == 'lost'").ExpectRow("no hit in what is recorded so far").Press("esc")
	d.Press(":").Type("watch /status").ExpectRow("hits, the first at 1").Press("esc")
}
