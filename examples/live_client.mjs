// A client of SenseTime in JavaScript: lives over HTTP. Node 18 or newer; nothing is installed.
//
// What the avatar has to say is put into the queue of a live, and was said when it is no longer there and the live goes
// on. No call waits for ever, and none is repeated whose answer may only have been lost.

import { setTimeout as sleep } from "node:timers/promises";

const LIVES = "/api/2dvh/v1/material/live/channel";
const [LIVE, INITIALISING, READY] = [2, 32, 35];

export class Live {
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

  // A live that hears nothing for a minute is ended.
  async beat() {
    await this.call("POST", `${LIVES}/heartbeat`, this.live);
  }

  async close() {
    if (this.live && !this.ended) await this.call("POST", `${LIVES}/close`, this.live);
  }
}
