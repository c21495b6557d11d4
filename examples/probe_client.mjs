// A client in JavaScript, driven by lines of JSON, so that its table can be made:
//
//   avatarwire probe sensetime --flow text --exec "node examples/probe_client.mjs"
//
// Node 18 or newer; nothing is installed. What the avatar has to say is put into the queue of a live, over HTTP, and was
// said when it is no longer there and the live goes on.

import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const LIVES = "/api/2dvh/v1/material/live/channel";
const [LIVE, INITIALISING, READY] = [2, 32, 35];

// --- the client: no call of it waits for ever, and none is repeated whose answer may only have been lost ---

class Live {
  constructor(url, token) {
    this.url = url;
    this.headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  }

  async call(method, path, content) {
    const query = method === "GET" ? `?${new URLSearchParams(content)}` : "";
    const body = method === "GET" ? undefined : JSON.stringify(content);
    const signal = AbortSignal.timeout(1500);
    const answer = await fetch(this.url + path + query, { method, headers: this.headers, body, signal });
    const { code, message, data } = await answer.json();
    if (code !== 0) throw new Error(`${path}: ${code} ${message}`);
    return data;
  }

  // Whoever knows that a live has ended asks nothing of it any more.
  async status() {
    const { status } = await this.call("GET", `${LIVES}/stat`, this.live);
    if (![LIVE, INITIALISING, READY].includes(status)) this.ended = `the live has ended: its status is ${status}`;
    if (this.ended) throw new Error(this.ended);
    return status;
  }

  async open(param) {
    const live = await this.call("POST", "/api/2dvh/v2/material/live/channel/create", { param });
    this.live = { sessionId: live.sessionId };
    while ((await this.status()) !== READY) await sleep(200);
    await this.call("POST", `${LIVES}/start`, this.live);
  }

  async say(text) {
    if (this.ended) throw new Error(this.ended);
    const param = JSON.stringify({ tts_query: { content: text, ssml: false } });
    const { commandTraceId } = await this.call("POST", `${LIVES}/command/queue`, { ...this.live, param });
    for (;;) {
      const { commandTraceIds } = await this.call("POST", `${LIVES}/command/queue/list`, this.live);
      if (!commandTraceIds?.includes(commandTraceId)) break;
      await sleep(200);
    }
    await this.status(); // the queue of a live that has ended is empty as well
  }

  async close() {
    if (this.live && !this.ended) await this.call("POST", `${LIVES}/close`, this.live);
  }
}

// --- the adapter: an order a line, an answer a line; logs belong on stderr ---

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
