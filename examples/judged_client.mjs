// A client in JavaScript as a program that talks once, so that it can be judged clause by clause:
//
//   avatarwire conform sensetime --client -- node examples/judged_client.mjs
//
// Node 18 or newer; nothing is installed. The client itself is live_client.mjs.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Live } from "./live_client.mjs";

const { AVATARWIRE_READY, AVATARWIRE_FLOW, AVATARWIRE_SECONDS } = process.env;
if (AVATARWIRE_FLOW !== "text") process.exit(127); // this client can only say texts

const place = JSON.parse(readFileSync(AVATARWIRE_READY)).sensetime;
const live = new Live(place.http_url, place.access_token);
const until = Date.now() + AVATARWIRE_SECONDS * 1000;
try {
  await live.open(place.param);
  await live.say("The museum opens at ten.");
  await live.say("The library is on the second floor.");
  while (Date.now() < until) {
    await live.beat();
    await sleep(500);
  }
} finally {
  await live.close();
}
