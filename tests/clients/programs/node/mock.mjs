// What every program here needs: where its vendor is, the mock's control API, and a place for what it saw.
import { mock as injected } from "node:test";

export const CALLBACK = "https://app.example/callback";
export const vendor = JSON.parse(process.argv[2]);

async function control(path, body) {
  const answer = await fetch(vendor.control + path, {
    method: body ? "POST" : "GET",
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

export const mint = async (spec = {}) => (await control("/tokens", spec)).token;
export const rotate = (habit) => control("/rotate", { habit });
export const fetches = async (endpoint = "jwks") => (await control(`/requests?endpoint=${endpoint}`)).requests.length;

// The browser of ann: where it goes back to when she logs in at an authorization URL.
export async function logIn(url) {
  const there = new URL(url);
  there.searchParams.set("mock_user", "ann@example.com");
  const answer = await fetch(there, { redirect: "manual" });
  return new URL(answer.headers.get("location"));
}

// Ends when the work does: "ok", or what the client says against it.
export const verdict = (work) => work.then(() => "ok", (error) => error.code ?? error.name);

// From the first call on, the clock of this process stands where it is put.
export function later(seconds) {
  if (!clock) injected.timers.enable({ apis: ["Date"], now: Date.now() });
  clock = true;
  injected.timers.setTime(Date.now() + seconds * 1000);
}
let clock = false;

// What was seen goes to the test, which knows what is right.
export const tell = (seen) => process.stdout.write(JSON.stringify(seen));
export const kid = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url")).kid;
