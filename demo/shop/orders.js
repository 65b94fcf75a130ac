// The shop's orders as its own service folds them: business code in Node, replayed event by event.
//
//     asof demo shop --write shop.jsonl --reducers .
//     asof shop.jsonl --exec 'node orders.js'
//     asof compare shop.jsonl --projection orders_v1.star --exec 'node orders.js'
//
// reduce() is the business code, and everything below it is the whole of what asof asks for: JSON Lines on standard input and
// output, a hello first, then one answer per event. console.log would be taken for an answer: console.error is for people.

const round = (amount) => Math.round(amount * 100) / 100; // 0.1 + 0.2 is 0.30000000000000004 here

function reduce(state, event) {
  if (!event.stream.startsWith("order-")) return null; // payments and shipments are no orders
  state ??= { status: "new", total: 0, paid: 0, refunded: 0, refunds: [] };
  switch (event.type) {
    case "OrderPlaced":
      state.status = "placed";
      state.customer = event.data.customer.name;
      state.total = event.data.total;
      break;
    case "PaymentTaken":
      state.paid = round(state.paid + event.data.paid);
      break;
    case "PaymentRefunded":
      state.refunded = round(state.refunded + event.data.amount);
      state.refunds.push(event.data.request_id);
      state.status = "refunded";
      break;
    default:
      if (event.data?.status != null) state.status = event.data.status;
  }
  return state;
}

function answer(line) {
  const { asof, state, event } = JSON.parse(line);
  if (asof) return { asof: "reducer", protocol: 1 }; // asof has said hello
  try {
    return { position: event.position, state: reduce(state, event) };
  } catch (e) {
    return { position: event.position, error: String(e.stack ?? e) }; // this event fails, and the rest goes on
  }
}

let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text) => {
  const lines = (rest + text).split("\n");
  rest = lines.pop();
  const answers = lines.map((line) => JSON.stringify(answer(line)) + "\n").join("");
  if (answers) process.stdout.write(answers); // many at once
});
