// A test in another language: it has a fake do something, and looks at what crossed the wire.
//
//   avatarwire serve --ready-file ready.json &
//   node examples/control.mjs ready.json
//
// Node 18 or newer; nothing is installed. Without a ready file, as in a container, AVATARWIRE_CONTROL_URL and
// AVATARWIRE_CONTROL_TOKEN say where control is, and the endpoint says the rest.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const file = process.argv[2];
const given = file ? JSON.parse(await readFile(file, "utf8")).control : undefined;
const control = given ?? { url: process.env.AVATARWIRE_CONTROL_URL, token: process.env.AVATARWIRE_CONTROL_TOKEN };

async function call(method, path, body) {
  const answer = await fetch(control.url + path, {
    method,
    headers: { Authorization: `Bearer ${control.token}`, "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Error(`${content.status} ${content.detail}`);
  return content;
}

const { guiji } = await call("GET", "/v1/ready");

// The client under test: here no more than the one call that gets a token.
async function login() {
  return fetch(`${guiji.http_url}/live-manager/open/accessToken`, {
    method: "POST",
    headers: { "Content-Type": "application/json", source: "sdk" },
    body: JSON.stringify({ appId: guiji.app_id, appSecret: guiji.app_secret }),
  });
}

await call("POST", "/v1/guiji/reset");

// 1. A bad day: the next login fails, in the vendor's own form. The one after that does not.
const rule = await call("POST", "/v1/guiji/faults", { do: "reject", message: "getAccessToken.request", times: 1 });
const failed = await (await login()).json();
assert.equal(failed.success, false);
const { mark } = await call("GET", "/v1/guiji/journal?limit=1");

// 2. Wait for what the client does next, as long as that takes; the call is held until it has happened.
const waiting = call("GET", `/v1/guiji/journal?message=getAccessToken.response&since=${mark}&wait=10`);
const granted = await (await login()).json();
assert.equal(granted.success, true);
const { entries } = await waiting;
assert.equal(entries[0].status, 200);

// 3. What the rule has done, and what there is to say about the client.
const { faults } = await call("GET", "/v1/guiji/faults");
assert.equal(faults.find((each) => each.id === rule.id).acted, 1);
const { violations } = await call("GET", "/v1/guiji/violations");
assert.deepEqual(violations, []);

// 4. What cannot be is refused, with the name that was probably meant.
await assert.rejects(call("POST", "/v1/guiji/commands/expire_token"), /did you mean expire_tokens\?/);

await call("POST", "/v1/guiji/reset");
console.log("a login was rejected once, and went through the second time");
