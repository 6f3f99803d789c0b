// The bench: a token taken apart, changed by hand, and put together again.

import { call } from "./control.js";
import { decoded, segmentOf, when } from "./jwt.js";

const TIMES = ["iat", "nbf", "exp", "auth_time"];
const at = (id) => document.getElementById(id);
let token;

function show() {
  const text = at("bench-token").value.trim();
  token = decoded(text);
  at("bench-parts").hidden = token === null;
  at("bench-wrong").textContent = "";
  at("bench-told").textContent = token === null && text !== "" ? untold(text) : "";
  if (token === null) return;
  at("bench-header").value = token.header.text;
  at("bench-payload").value = token.payload.text;
  at("bench-notes").replaceChildren(...notes(token).map(item));
}

function untold(text) {
  const parts = text.split(".").length;
  if (parts === 5) return "It has five parts: it is encrypted (RFC 7516), and only who has the key can read it.";
  return `It is no compact token: it has ${parts === 1 ? "one part" : `${parts} parts`} in place of three.`;
}

function notes({ header, payload, segments }) {
  const found = [];
  if (header.note) found.push(`The header ${header.note}.`);
  if (payload.note) found.push(`The payload ${payload.note}.`);
  const kid = header.value?.kid;
  if (kid !== undefined) {
    const row = [...document.querySelectorAll("[data-kid]")].find((one) => one.dataset.kid === kid);
    found.push(row === undefined ? "Its kid is of no key of this issuer." : `Its kid is of a key of this issuer: ${row.dataset.state}.`);
  }
  for (const name of TIMES) {
    const value = payload.value?.[name];
    if (typeof value === "number") found.push(`${name}: ${when(value, Date.now() / 1000)}`);
  }
  found.push(segments[2] === "" ? "It has no signature." : `Its signature has ${segments[2].length} characters.`);
  return found;
}

function item(text) {
  const one = document.createElement("li");
  one.textContent = text;
  return one;
}

// The two segments as they stand there now.
function changed() {
  return [
    segmentOf(token.header, token.segments[0], at("bench-header").value),
    segmentOf(token.payload, token.segments[1], at("bench-payload").value),
  ];
}

function become(text) {
  at("bench-token").value = text;
  show();
}

async function sign(path) {
  const [header_b64, payload_b64] = changed();
  try {
    const answer = await call("POST", path, { header_b64, payload_b64, key: at("bench-key").value || "current" });
    become(answer.token);
  } catch (error) {
    at("bench-wrong").textContent = error.message;
  }
}

document.addEventListener("input", (event) => {
  if (event.target.id === "bench-token") show();
});
document.addEventListener("submit", (event) => {
  if (event.target.id === "bench") event.preventDefault();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.id === "bench-sign") sign(button.dataset.tokens);
  if (button?.id === "bench-keep") become([...changed(), token.segments[2]].join("."));
  if (button?.id === "bench-strip") become([...changed(), ""].join("."));
});
