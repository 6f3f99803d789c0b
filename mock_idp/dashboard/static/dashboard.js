// The dashboard: which issuer is shown, and that it stays up to date.

import { call } from "./control.js";
import { put } from "./parts.js";
import { switches } from "./forms.js";
import "./bench.js";
import { say, whenChanged } from "./doing.js";

const EVERY = 1000;
const overview = document.getElementById("overview");
const content = document.getElementById("content");
let open;

// Refresh what is shown, now.
async function refresh() {
  put(overview, await call("GET", "ui/overview"));
  const links = [...overview.querySelectorAll("[data-issuer]")];
  const wanted = decodeURIComponent(location.hash.slice(1));
  const link = links.find((one) => one.dataset.issuer === wanted) ?? links[0];
  for (const one of links) one.toggleAttribute("aria-current", false);
  link?.setAttribute("aria-current", "page");
  const issuer = link?.dataset.issuer;
  if (issuer === undefined) {
    open = undefined;
    content.replaceChildren("There is no issuer.");
    return;
  }
  if (open !== issuer) {
    const html = await call("GET", `ui/issuers/${issuer}`);
    open = issuer;
    put(content, html);
    switches(content);
    document.title = `${issuer} · mock identity provider`;
  }
  for (const [name, html] of Object.entries(await call("GET", `ui/issuers/${issuer}/live`))) {
    const place = content.querySelector(`[data-part="${name}"]`);
    if (place !== null) put(place, html);
  }
}

let lost = false;

async function keepUp() {
  if (!document.hidden) {
    try {
      await refresh();
      if (lost) say("");
      lost = false;
    } catch (error) {
      lost = true;
      say(`Not up to date: ${error.message}`);
    }
  }
  setTimeout(keepUp, EVERY);
}

addEventListener("hashchange", () => refresh().catch((error) => say(error.message)));
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  content.focus();
});
whenChanged(async (opened) => {
  if (opened !== undefined) location.hash = opened;
  await refresh();
});
keepUp();
