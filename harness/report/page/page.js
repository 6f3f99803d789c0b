// The report of a run.

const SIGNS = { passed: "✓", finding: "!", failed: "✗", stale: "≠", inconclusive: "?", error: "e", undeclared: "–", skipped: "·" };
const cells = data.cells.map(([id, scenario, variant, style, verdict, expected, actual, reason, seconds]) => ({
  id, scenario: data.scenarios[scenario], variant, style, verdict, seconds,
  expected: data.texts[expected], actual: data.texts[actual], reason: data.texts[reason],
}));
const byId = new Map(cells.map((cell) => [cell.id, cell]));

const nameOf = (cell) => [cell.variant || "the case", cell.style].join(", ");

const spoken = (cell) => `${cell.verdict}: ${nameOf(cell)}${there.has(cell.id) ? `; ${there.get(cell.id).verdict} in ${data.beside.name}` : ""}`;

// The head of the page

const about = data.about;
document.getElementById("about").textContent = [
  about.note && `Not whole: ${about.note}.`,
  about.started && `Begun ${about.started}`,
  about.release && `idp-harness ${about.release}`,
  `exit status ${about.status}`,
  about.left_out && `${about.left_out} cells left out that differ in the vendor's style alone`,
].filter(Boolean).join(" · ");

function list(id, items) {
  if (!items.length) return;
  const section = document.getElementById(id);
  section.querySelector("ol").append(...items);
  section.hidden = false;
}

// What a cell shows: where it is known that is a sentence, else what came.
function happens(cell) {
  if (cell.reason) return [cell.reason];
  if (!cell.expected) return [];
  return ["Expected ", make("code", {}, cell.expected), ", got ", make("code", {}, cell.actual)];
}

list("worst", data.worst.map((one, place) => {
  const cell = byId.get(one.cell);
  const more = one.cells > 1 ? `, the first of ${one.cells} cells of it` : "";
  return make("li", {}, make("details", { open: place === 0 && "" },
    make("summary", {}, badge(cell.verdict), " ", make("span", { class: "badge grave" }, cell.scenario.severity), " ",
      make("strong", {}, cell.scenario.title)),
    make("p", {}, make("span", { class: "quiet" }, "What happens: "), happens(cell)),
    make("p", {}, make("span", { class: "quiet" }, "Required: "), cell.scenario.requirement),
    make("p", {}, make("span", { class: "quiet" },
      one.again.includes("<options of this run>") ? "Repeat it, with the options of this run put in" : "Repeat it: paste this into a terminal")),
    command(one.again, `the line that repeats ${cell.id}`),
    make("p", { class: "quiet" }, make("span", { class: "mono" }, cell.id), more, " ",
      make("button", { type: "button", "aria-label": `Show ${cell.id}`, click: () => open(cell) }, "Token, keys and requests"))));
}));
if (data.worst.length && data.worst[0].of > data.worst.length) {
  document.getElementById("worst").append(make("p", { class: "quiet" }, `${data.worst[0].of} scenarios deviate: the others are in the matrix below.`));
}

list("changes", data.changes.map((one, place) => make("li", {}, make("details", { open: place === 0 && "" },
  make("summary", {}, make("strong", {}, one.name), ` (${one.worst}): ${one.why}`),
  Object.keys(one.libraries).length > 0 && make("dl", {}, Object.entries(one.libraries).map(([library, line]) => [
    make("dt", {}, library === "all" ? "everywhere" : library), make("dd", {}, make("code", {}, line))])),
  make("p", { class: "quiet" }, `Broken by ${one.scenarios.join(", ")}`)))));

// On paper nothing can be unfolded.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));

// Beside another record

const there = data.beside ? new Map(Object.entries(data.beside.cells)) : new Map();

function besides(title, groups) {
  if (!groups.length) return [];
  return [make("h3", {}, title), make("ol", {}, groups.map((one) => {
    const cell = byId.get(one.cell);
    const more = one.cells > 1 ? ` and ${one.cells - 1} more` : "";
    return make("li", {},
      badge(there.get(cell.id).verdict), " → ", badge(cell.verdict), " ", make("strong", {}, cell.scenario.title),
      ` (${cell.scenario.level}, ${cell.scenario.severity}) `,
      make("button", { type: "button", "aria-label": `Show ${cell.id}`, click: () => open(cell) }, "Show"),
      make("p", { class: "quiet" }, `${cell.id}${more}`),
      one.asks_otherwise && make("p", {}, "The scenario asks otherwise in the other record: it may be that which has changed."));
  }))];
}

if (data.beside) {
  const section = document.getElementById("beside");
  section.querySelector("h2").append(`Beside ${data.beside.name}`);
  section.append(make("p", {}, `${data.beside.sentence}.`),
    ...besides(`Broken here, kept in ${data.beside.name}`, data.beside.broken),
    ...besides(`Kept here, broken in ${data.beside.name}`, data.beside.kept),
    make("ul", { class: "quiet" }, data.beside.notes.map((note) => make("li", {}, note))));
  section.hidden = false;
}

// The behaviour card

if (data.card) {
  const section = document.getElementById("card");
  const sources = [...new Set(data.card.rows.map((row) => row.source).filter(Boolean))];
  const judged = data.card.rows.some((row) => row.verdict);
  const columns = ["row", "measured", "documented", "", ...(judged ? ["threshold"] : [])];
  const body = make("tbody", {}, data.card.rows.map((row) => make("tr", { class: row.agrees === false ? "other" : undefined },
    make("th", { scope: "row" }, make("span", { class: "mono" }, row.name), make("small", { class: "quiet" }, row.what)),
    make("td", {}, row.measured, row.reason && make("small", { class: "quiet" }, row.reason)),
    make("td", {}, row.source ? `${row.documented} [${sources.indexOf(row.source) + 1}]` : make("span", { class: "quiet" }, "not documented")),
    make("td", {}, row.agrees === false ? "differs" : row.agrees ? "as documented" : ""),
    judged && make("td", {}, row.verdict))));
  const head = make("thead", {}, make("tr", {}, columns.map((name) => make("th", { scope: "col" }, name || make("span", { class: "unseen" }, "agrees")))));
  section.append(make("p", { class: "quiet" }, `What ${data.card.target} does, by experiment, beside what its documents say.`),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Rows of the card" }, make("table", {}, head, body)),
    make("ol", { class: "quiet" }, sources.map((one) => make("li", {}, one))));
  section.hidden = false;
}

// The matrix

const squares = new Map();
const rows = [];
const areas = new Map();
for (const cell of cells) {
  const area = cell.scenario.id.split("/")[0];
  if (!areas.has(area)) {
    const section = make("section", { class: "area", "aria-label": area }, make("h3", {}, area));
    areas.set(area, { section, rows: new Map() });
  }
  const place = areas.get(area);
  if (!place.rows.has(cell.scenario)) {
    const line = make("div", { class: "cells", role: "group", "aria-label": cell.scenario.id });
    const name = make("div", { class: "name" }, cell.scenario.title, make("small", { class: "mono" }, cell.scenario.id));
    const row = { element: make("div", { class: "row" }, name, line), line, cells: [], area: place, styles: new Map() };
    place.rows.set(cell.scenario, row);
    rows.push(row);
    place.section.append(row.element);
  }
  const row = place.rows.get(cell.scenario);
  if (!row.styles.has(cell.style)) {
    const label = make("span", { class: "style" }, cell.style);
    row.styles.set(cell.style, label);
    row.line.append(label);
  }
  const square = make("button", {
    type: "button", class: `square ${cell.verdict}${there.has(cell.id) ? " differs" : ""}`, tabindex: "-1", title: spoken(cell),
    "aria-label": spoken(cell), click: () => open(cell),
  }, SIGNS[cell.verdict] || "?");
  row.line.append(square);
  row.cells.push({ cell, square });
  squares.set(cell.id, square);
}

document.getElementById("areas").append(...[...areas.values()].map(({ section }) => section));

// Filters

const wanted = { text: "", beside: "", level: "", severity: "", area: "", verdicts: new Set(data.verdicts.map(([verdict]) => verdict)) };

function choice(name, values) {
  const select = make("select", { "aria-label": name, change: () => { wanted[name] = select.value; filter(); } },
    make("option", { value: "" }, name === "beside" ? `alike in ${data.beside.name} or not` : `every ${name}`), values.map((value) => make("option", { value }, value)));
  return select;
}

const field = make("input", {
  type: "search", placeholder: "scenario, title, requirement, answer", "aria-label": "Text",
  input: () => { wanted.text = field.value.toLowerCase(); filter(); },
});
document.getElementById("filters").append(
  ...data.verdicts.map(([verdict, count]) => {
    const toggle = make("button", {
      type: "button", class: verdict, "aria-pressed": "true",
      click: () => {
        const on = !wanted.verdicts.delete(verdict);
        if (on) wanted.verdicts.add(verdict);
        toggle.setAttribute("aria-pressed", String(on));
        filter();
      },
    }, `${SIGNS[verdict] || ""} ${verdict} ${count}`);
    return toggle;
  }),
  there.size ? choice("beside", ["differs"]) : "", choice("area", [...areas.keys()]), choice("level", data.levels), choice("severity", data.severities), field);
document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());

function fits(cell) {
  const scenario = cell.scenario;
  if (!wanted.verdicts.has(cell.verdict)) return false;
  if (wanted.beside && !there.has(cell.id)) return false;
  if (wanted.level && scenario.level !== wanted.level) return false;
  if (wanted.severity && scenario.severity !== wanted.severity) return false;
  if (wanted.area && scenario.id.split("/")[0] !== wanted.area) return false;
  if (!wanted.text) return true;
  return [cell.id, scenario.title, scenario.requirement, cell.actual, cell.reason].some((text) => text.toLowerCase().includes(wanted.text));
}

function filter() {
  let count = 0;
  for (const row of rows) {
    let here = 0;
    const styles = new Set();
    for (const { cell, square } of row.cells) {
      square.hidden = !fits(cell);
      if (!square.hidden) { here += 1; styles.add(cell.style); }
    }
    for (const [style, label] of row.styles) label.hidden = !styles.has(style);
    row.element.hidden = here === 0;
    count += here;
  }
  for (const { section, rows: those } of areas.values()) section.hidden = [...those.values()].every((row) => row.element.hidden);
  document.getElementById("shown").textContent = `${count} of ${cells.length} cells shown. Arrow keys go from one to the next.`;
  rove(visible()[0]);
}

// The keyboard: one stop for Tab, arrows within

const visible = () => rows.filter((row) => !row.element.hidden).flatMap((row) => row.cells.map(({ square }) => square).filter((one) => !one.hidden));
let current;

function rove(square) {
  if (current) current.tabIndex = -1;
  current = square;
  if (current) current.tabIndex = 0;
}

document.getElementById("areas").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const rowStep = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!event.target.classList.contains("square") || (!step && !rowStep && event.key !== "Home" && event.key !== "End")) return;
  event.preventDefault();
  const all = visible();
  let next = all[all.indexOf(event.target) + (step || 0)];
  if (event.key === "Home") next = all[0];
  if (event.key === "End") next = all.at(-1);
  if (rowStep) {
    const shown = rows.filter((row) => !row.element.hidden);
    const at = shown.findIndex((row) => row.cells.some(({ square }) => square === event.target));
    const those = (row) => row.cells.map(({ square }) => square).filter((one) => !one.hidden);
    const other = shown[at + rowStep];
    next = other && those(other)[Math.min(those(shown[at]).indexOf(event.target), those(other).length - 1)];
  }
  if (next) { rove(next); next.focus(); }
});

// One cell

const dialog = document.getElementById("cell");

// Read once, when the first cell is opened.
let unpacked;
async function unpack() {
  const packed = atob(document.getElementById("evidence").textContent);
  const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
  return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
}

async function open(cell) {
  unpacked = unpacked || unpack();
  const evidence = (await unpacked)[cell.id] || {};
  const scenario = cell.scenario;
  const rowsOf = [
    ["requirement", [scenario.requirement, " ", scenario.links.map(([name, url]) => [make("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, name), " "]).flat()]],
    ["level", `${scenario.level}, ${scenario.severity}`],
    ["expected", cell.expected && make("code", {}, cell.expected)],
    ["actual", cell.actual && make("code", {}, cell.actual)],
    ["reason", cell.reason],
    there.has(cell.id) && [`in ${data.beside.name}`, [badge(there.get(cell.id).verdict), " ", make("code", {}, there.get(cell.id).actual), " ", there.get(cell.id).reason]],
    ["configured", evidence.config && make("code", {}, JSON.stringify(evidence.config))],
    ["took", `${cell.seconds} s`],
  ].filter((row) => row && row[1]);
  dialog.replaceChildren(
    make("button", { type: "button", class: "close", "aria-label": "Close", click: () => dialog.close() }, "Close"),
    make("h2", { id: "cell-title" }, badge(cell.verdict), " ", scenario.title),
    make("p", { class: "mono" }, cell.id),
    make("dl", {}, rowsOf.map(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])),
    ...repeat(cell, evidence), ...tokens(evidence), ...keys(evidence), ...timeline(evidence), ...exchanges(evidence), ...log(evidence));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  history.replaceState(null, "", `#${encodeURIComponent(cell.id)}`);
}

// The cell in the page's address.
function named() {
  return cells.find((cell) => location.hash === `#${encodeURIComponent(cell.id)}`);
}

dialog.addEventListener("close", () => {
  const square = named() && squares.get(named().id);
  history.replaceState(null, "", location.pathname + location.search);
  if (square && !square.hidden) { rove(square); square.focus(); }
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

function repeat(cell, evidence) {
  if (!evidence.again) return [];
  const parts = [make("h3", {}, "Repeat it"), command(evidence.again, "the line that judges it again")];
  if (evidence.curl) parts.push(make("p", { class: "quiet" }, "While its service is held by that line:"), command(evidence.curl, "the request"));
  if (evidence.script) {
    const file = evidence.script_file ? `, also in ${evidence.script_file}` : "";
    parts.push(make("p", { class: "quiet" }, `All that was done, as a script${file}:`), command(evidence.script, "the script"));
  }
  return parts;
}

const TIMES = new Set(["iat", "exp", "nbf", "auth_time"]);
// Two tokens never have these in common.
const OWN = new Set(["jti", "uti", "rh", "sid", "origin_jti", "event_id"]);
const SECONDS_ALIKE = 120;

// A member as it stands in the token, and a time also as seconds before or after `now`.
function value(name, one, now) {
  if (one === undefined) return "absent";
  const away = TIMES.has(name) && typeof one === "number" && typeof now === "number" ? Math.round(one - now) : undefined;
  const when = away === undefined ? "" : away < 0 ? ` (${-away} s before)` : ` (${away} s after)`;
  return JSON.stringify(one) + when;
}

// Whether a member is what sets the token that was sent apart from the good one.
function otherwise(name, here, there, now, asked) {
  if (!(name in here) || !(name in there)) return true;
  if (OWN.has(name)) return asked.includes(`"${name}"`);
  if (TIMES.has(name) && [here[name], there[name], there.iat].every((one) => typeof one === "number")) {
    return Math.abs(here[name] - now - (there[name] - there.iat)) > SECONDS_ALIKE;
  }
  return JSON.stringify(here[name]) !== JSON.stringify(there[name]);
}

function tokens(evidence) {
  const sent = (evidence.exchanges || []).filter((one) => one.token_spec).at(-1);
  if (!sent) return [];
  const good = evidence.good_token;
  const parts = [make("h3", {}, "The token")];
  if (!sent.token) {
    parts.push(make("p", {}, "It can't be taken apart. It was made from:"), make("pre", { tabindex: "0" }, JSON.stringify(sent.token_spec, null, 1)));
    return parts;
  }
  const body = make("tbody");
  const asked = JSON.stringify(sent.token_spec);
  for (const part of ["header", "claims"]) {
    const [here, there] = [sent.token[part], (good || {})[part] || {}];
    for (const name of new Set([...Object.keys(here), ...Object.keys(there)])) {
      const differs = good && otherwise(name, here, there, sent.at, asked);
      body.append(make("tr", { class: differs ? "other" : undefined }, make("th", { scope: "row" }, `${part}.${name}`),
        make("td", { class: "mono" }, value(name, here[name], sent.at)),
        make("td", { class: "mono" }, good ? value(name, there[name], there.iat) : ""), make("td", {}, differs ? "differs" : "")));
    }
  }
  const head = make("thead", {}, make("tr", {}, ["member", "sent", "the good one", "beside it"].map((name) => make("th", { scope: "col" }, name))));
  parts.push(make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The token beside a good one" }, make("table", {}, head, body)));
  parts.push(make("p", { class: "quiet" }, "Made from ", make("code", {}, asked)));
  return parts;
}

function keys(evidence) {
  if (!evidence.keys || !evidence.keys.length) return [];
  const head = make("thead", {}, make("tr", {}, ["name", "kid", "algorithm", "use", "state"].map((name) => make("th", { scope: "col" }, name))));
  const body = make("tbody", {}, evidence.keys.map((key) => make("tr", {}, [key.name, key.kid, key.algorithm, key.use, key.state].map((text) => make("td", { class: "mono" }, String(text ?? ""))))));
  return [make("h3", {}, "The issuer's keys at the end"), make("div", { class: "scroll" }, make("table", {}, head, body))];
}

const SECONDS_BEFORE = 10;

function events(evidence) {
  const all = [
    ...(evidence.changes || []).map((one) => ({ at: one.at, lane: 0, kind: "change", text: one.what })),
    ...(evidence.idp_requests || []).map((one) => ({
      at: one.at, lane: 1, kind: one.fault ? "bad" : "plain",
      text: `${one.method} ${one.path}: ${one.status ?? "no answer"}${one.fault ? `, fault ${one.fault}` : ""}`,
    })),
    ...(evidence.exchanges || []).map((one) => ({
      at: one.at, lane: 2, seconds: one.seconds, kind: one.status >= 200 && one.status < 300 ? "good" : "bad",
      text: `${one.request.split("\n")[0]}: ${one.status ?? one.answer}`,
    })),
  ].filter((one) => typeof one.at === "number").sort((a, b) => a.at - b.at);
  // What was fetched long before the case began says nothing of it.
  const began = Math.min(...all.filter((one) => one.lane !== 1).map((one) => one.at));
  return all.filter((one) => !(one.at < began - SECONDS_BEFORE));
}

function timeline(evidence) {
  const all = events(evidence);
  if (!all.length) return [];
  const start = all[0].at;
  const length = Math.max(...all.map((one) => one.at + (one.seconds || 0))) - start || 1;
  const x = (at) => 130 + ((at - start) / length) * 740;
  const lanes = ["changes of the issuer", "asked of the issuer", "asked of the service"];
  const picture = drawn("svg", { viewBox: "0 0 900 120", "aria-hidden": "true" },
    lanes.map((name, lane) => [drawn("text", { x: 6, y: 29 + lane * 32 }, name), drawn("line", { x1: 130, x2: 880, y1: 25 + lane * 32, y2: 25 + lane * 32 })]),
    all.map((one) => one.lane === 2
      ? drawn("rect", { class: one.kind, x: x(one.at), y: 17 + one.lane * 32, width: Math.max(4, ((one.seconds || 0) / length) * 740), height: 16 }, drawn("title", {}, one.text))
      : drawn("circle", { class: one.kind, cx: x(one.at), cy: 25 + one.lane * 32, r: 5 }, drawn("title", {}, one.text))),
    [0, 0.5, 1].map((part) => drawn("text", { x: 126 + part * 740, y: 114 }, `${(part * length).toFixed(2)} s`)));
  const lines = all.map((one) => make("li", {}, make("time", {}, `${(one.at - start).toFixed(3)} s`), ` ${lanes[one.lane]}: `, make("span", { class: "mono" }, one.text)));
  return [make("h3", {}, "What happened when"), picture, make("ol", { class: "events", tabindex: "0", "aria-label": "What happened when" }, lines)];
}

function exchanges(evidence) {
  return (evidence.exchanges || []).slice(-1).flatMap((one) => [
    make("h3", {}, "The last request and its answer"),
    make("pre", { tabindex: "0", "aria-label": "Request and answer" },
      [one.request, ...(one.headers || []).map(([name, value]) => `${name}: ${value}`), "", `${one.status ?? "no answer"}`,
        ...(one.answer_headers || []).map(([name, value]) => `${name}: ${value}`), "", one.answer].join("\n")),
  ]);
}

function log(evidence) {
  if (!evidence.service_log || !evidence.service_log.length) return [];
  return [make("h3", {}, "The end of the service's log"), make("pre", { tabindex: "0", "aria-label": "Log" }, evidence.service_log.join("\n"))];
}

filter();
if (named()) open(named());
