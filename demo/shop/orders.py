"""The shop's orders in Python, by a reducer that keeps the state itself and answers with what an event changed.

    asof demo shop --write shop.jsonl --reducers .
    asof shop.jsonl --exec 'python3 orders.py'

Its hello says "state": "kept". So a line brings the document only with the first event of a key after another key, and after
an event that failed; a line without "state" goes on with the document that is at hand. An answer is a JSON Patch (RFC 6902):
where documents grow large, neither side sends one whole. Answers may be whole states as well.
Print to standard error only; standard output is for answers.
"""

import json
import sys
import traceback


def reduce(state, event):
    """Folds an event into the order and returns the steps by which it changed it."""
    if not event["stream"].startswith("order-"):
        return []  # payments and shipments are no orders
    steps, data = [], event.get("data") or {}
    if not state:
        state.update(status="new", total=0, paid=0, refunded=0, refunds=[])
        steps.append({"op": "add", "path": "", "value": dict(state, refunds=[])})

    def put(name, value):
        state[name] = value
        steps.append({"op": "add", "path": "/" + name, "value": value})

    if event["type"] == "OrderPlaced":
        put("status", "placed")
        put("customer", data["customer"]["name"])
        put("total", data["total"])
    elif event["type"] == "PaymentTaken":
        put("paid", round(state["paid"] + data["paid"], 2))
    elif event["type"] == "PaymentRefunded":
        put("refunded", round(state["refunded"] + data["amount"], 2))
        state["refunds"].append(data["request_id"])
        steps.append({"op": "add", "path": "/refunds/-", "value": data["request_id"]})
        put("status", "refunded")
    elif data.get("status") is not None:
        put("status", data["status"])
    return steps


def main():
    state = {}
    for line in sys.stdin:
        message = json.loads(line)
        if "asof" in message:
            reply = {"asof": "reducer", "protocol": 1, "state": "kept"}
        else:
            if "state" in message:
                state = message["state"] or {}
            event = message["event"]
            reply = {"position": event["position"]}
            try:
                reply["patch"] = reduce(state, event)
            except Exception:  # this event fails, and the rest goes on
                reply["error"] = traceback.format_exc()
        # Flushed line by line: asof waits for the answers.
        print(json.dumps(reply), flush=True)


main()
