"use strict";
// What all pages are made of. Everything that a token or a service has said gets in as text, never as markup.

const data = JSON.parse(document.getElementById("data").textContent);

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  return fill(made, attributes, children);
}

function drawn(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false && child !== ""));
  return made;
}

const badge = (verdict) => make("span", { class: `badge ${verdict}` }, verdict);

function command(text, what) {
  const said = make("span", { role: "status", class: "quiet" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Not every page that was opened from a disk may write there.
      const field = make("textarea", { readonly: "" }, text);
      (document.querySelector("dialog[open]") || document.body).append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    said.textContent = "copied";
  };
  const button = make("button", { type: "button", "aria-label": `Copy ${what}`, click: copy }, "Copy");
  return make("div", { class: "command" }, make("pre", { tabindex: "0", "aria-label": what }, text), button, said);
}

