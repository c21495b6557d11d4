// A client in JavaScript, driven by lines of JSON, so that its table can be made:
//
//   avatarwire probe sensetime --flow text --exec "node examples/probe_client.mjs"
//
// Node 18 or newer; nothing is installed. The client itself is live_client.mjs.

import { createInterface } from "node:readline";
import { Live } from "./live_client.mjs";

// An order a line, an answer a line; logs belong on stderr.

let live;
const orders = {
  async start({ place }) {
    live = new Live(place.http_url, place.credentials.access_token);
    await live.open(place.credentials.param);
  },
  say: ({ text }) => live.say(text),
  stop: () => live.close(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, ...order } = JSON.parse(line);
  if (!(order.do in orders)) process.exit(127); // not supported
  orders[order.do](order).then(
    () => console.log(JSON.stringify({ id, ok: true })),
    (error) => console.log(JSON.stringify({ id, error: String(error) })),
  );
}
