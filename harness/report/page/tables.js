// Tables that are filtered and sorted.

const COLUMN_OF_VERDICTS = "verdict";
const rows = [];

// Text in which backquotes stand around what is code; a link; or one below the other.
function shown(value) {
  if (Array.isArray(value)) return value.map((one) => make("div", {}, shown(one)));
  if (value && typeof value === "object") return make("a", { href: value.url, rel: "noreferrer noopener", target: "_blank" }, value.text);
  if (typeof value !== "string") return String(value);
  return value.split(/`([^`]*)`/).map((part, place) => place % 2 ? make("code", {}, part) : part);
}

const plain = (value) => Array.isArray(value) ? value.map(plain).join("\n") : value && typeof value === "object" ? value.text : String(value);

function compare(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return plain(one).localeCompare(plain(other), "en", { numeric: true });
}

function sortable(table, body) {
  let by;
  return table.columns.map((name, column) => {
    const head = make("th", { scope: "col" });
    head.append(make("button", { type: "button", class: "sort", click: () => {
      const direction = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      if (by) by.removeAttribute("aria-sort");
      by = head;
      head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      const own = rows.filter((row) => row.body === body);
      own.sort((one, other) => direction * compare(one.values[column], other.values[column]));
      body.append(...own.map((row) => row.element));
    } }, shown(name)));
    return head;
  });
}

for (const table of data.tables) {
  const body = make("tbody");
  const verdict = table.columns.indexOf(COLUMN_OF_VERDICTS);
  for (const values of table.rows) {
    const element = make("tr", {}, values.map((value, column) => column === 0 ? make("th", { scope: "row" }, shown(value))
      : make("td", { class: typeof value === "number" ? "number" : undefined }, column === verdict ? badge(value) : shown(value))));
    body.append(element);
    rows.push({ element, body, values, verdict: verdict >= 0 ? values[verdict] : undefined, text: values.map(plain).join("\n").toLowerCase() });
  }
  const head = make("thead", {}, make("tr", {}, sortable(table, body)));
  const section = make("section", { class: "table", "aria-label": table.title }, make("h2", {}, table.title), make("p", { class: "quiet" }, table.words),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Rows: ${table.title}` }, make("table", {}, head, body)));
  document.getElementById("tables").append(section);
}

// Filters

const wanted = { text: "", verdicts: new Set(rows.map((row) => row.verdict)) };
const counts = new Map();
for (const { verdict } of rows) if (verdict !== undefined) counts.set(verdict, (counts.get(verdict) || 0) + 1);

const field = make("input", {
  type: "search", placeholder: "any word of a row", "aria-label": "Text",
  input: () => { wanted.text = field.value.toLowerCase(); filter(); },
});
document.getElementById("filters").append(...[...counts].map(([verdict, count]) => {
  const toggle = make("button", {
    type: "button", class: verdict, "aria-pressed": "true",
    click: () => {
      const on = !wanted.verdicts.delete(verdict);
      if (on) wanted.verdicts.add(verdict);
      toggle.setAttribute("aria-pressed", String(on));
      filter();
    },
  }, `${verdict} ${count}`);
  return toggle;
}), field);
document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());

function filter() {
  let count = 0;
  for (const row of rows) {
    row.element.hidden = !(wanted.verdicts.has(row.verdict) && row.text.includes(wanted.text));
    if (!row.element.hidden) count += 1;
  }
  for (const section of document.querySelectorAll("section.table")) section.hidden = !section.querySelector("tbody tr:not([hidden])");
  document.getElementById("shown").textContent = `${count} of ${rows.length} rows shown. The head of a column sorts.`;
}

filter();
