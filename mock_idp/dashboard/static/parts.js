// HTML of the server into its place in the page, without taking away what somebody is just using.

// What stands in a place now, as the server has sent it.
const shown = new WeakMap();

export function put(place, html) {
  if (shown.get(place) === html) return;
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  keep(place, fresh);
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
  place.replaceChildren(...fresh.childNodes);
  shown.set(place, html);
  if (focused !== undefined) place.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
}

// Entries of a list that are the same as before stay the same, opened or not.
function keep(place, fresh) {
  const old = new Map();
  for (const entry of place.querySelectorAll("[data-keyed] > [data-key]")) old.set(entry.dataset.key, entry);
  for (const entry of fresh.querySelectorAll("[data-keyed] > [data-key]")) {
    const before = old.get(entry.dataset.key);
    const source = entry.outerHTML;
    if (before !== undefined && shown.get(before) === source) entry.replaceWith(before);
    else shown.set(entry, source);
  }
}
