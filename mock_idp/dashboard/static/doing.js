// Buttons and forms that change something: each is a call of the control API, and what it did is seen at once.

import { call } from "./control.js";
import { read, showCase } from "./forms.js";

let changed = async () => {};

// What is to be done when something has changed; it gets the id of an issuer that was just made.
export function whenChanged(action) {
  changed = action;
}

export function say(text) {
  document.getElementById("status").textContent = text;
}

// Whether somebody who has read the words wants it done.
function ask(verb, words) {
  const dialog = document.getElementById("ask");
  document.getElementById("ask-title").textContent = `${verb}?`;
  document.getElementById("ask-words").textContent = words;
  const yes = document.getElementById("ask-yes");
  yes.textContent = verb;
  return new Promise((answer) => {
    dialog.returnValue = "";
    yes.onclick = () => dialog.close("yes");
    document.getElementById("ask-no").onclick = () => dialog.close("");
    dialog.onclose = () => answer(dialog.returnValue === "yes");
    dialog.showModal();
    yes.focus();
  });
}

async function press({ verb, say: words, method, path, body }) {
  if (!(await ask(verb, words))) return;
  try {
    await call(method, path, body === undefined ? undefined : JSON.parse(body));
    await changed();
    say(`${verb}: done.`);
  } catch (error) {
    say(`${verb}: ${error.message}`);
  }
}

async function submit(form) {
  const wrong = form.querySelector("[data-wrong]");
  wrong.textContent = "";
  try {
    const answer = await call("POST", form.dataset.post, read(form));
    await changed("opens" in form.dataset ? answer.id : undefined);
    if (form.dataset.to !== undefined) {
      const place = document.getElementById(form.dataset.to);
      place.value = answer.token;
      place.dispatchEvent(new Event("input", { bubbles: true }));
    }
    say(form.dataset.done);
  } catch (error) {
    wrong.textContent = error.message;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-method]");
  if (button !== null) press(button.dataset);
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button === null) return;
  const place = document.getElementById(button.dataset.copy);
  const text = place.value ?? place.textContent;
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
  } catch {
    // Over plain HTTP from another machine there is no clipboard for pages.
    if (place.select !== undefined) place.select();
    else getSelection().selectAllChildren(place);
    say("It is selected: copy it with the keyboard.");
  }
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset.post === undefined) return;
  event.preventDefault();
  submit(event.target);
});
document.addEventListener("change", (event) => {
  if ("switch" in event.target.dataset) showCase(event.target);
});
