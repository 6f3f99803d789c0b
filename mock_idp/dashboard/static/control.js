// Calls of this server: the control API, and the parts of this page. Where it wants the control token, that is asked for once.

const ROOT = location.pathname.replace(/\/ui\/?$/, "");
const KEPT = "mock-idp-control-token";

let asking;

// What a call is answered with. Throws an Error with the server's own sentence when it is refused.
export async function call(method, path, body) {
  const answer = await fetched(method, path, body);
  const text = await answer.text();
  const value = (answer.headers.get("Content-Type") ?? "").startsWith("application/json") ? JSON.parse(text) : text;
  if (answer.ok) return value;
  const field = value?.field ? ` (${value.field})` : "";
  throw new Error(`${value?.error_description ?? `The server answered ${answer.status}.`}${field}`);
}

async function fetched(method, path, body) {
  for (;;) {
    const token = sessionStorage.getItem(KEPT);
    const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    // Only this header says who asks: no cookie goes along.
    const more = { method, headers, credentials: "omit", cache: "no-store", redirect: "error" };
    const answer = await fetch(`${ROOT}/${path}`, body === undefined ? more : { ...more, body: JSON.stringify(body) });
    if (answer.status !== 401) return answer;
    // Somebody else's call may have been told a token meanwhile.
    if (sessionStorage.getItem(KEPT) === token) await (asking ??= askForToken(token !== null));
  }
}

function askForToken(wrong) {
  const dialog = document.getElementById("token");
  const form = document.getElementById("token-form");
  const field = document.getElementById("token-text");
  sessionStorage.removeItem(KEPT);
  document.getElementById("token-wrong").textContent = wrong ? "That is not the control token of this server." : "";
  return new Promise((done) => {
    // Without it there is nothing to see.
    dialog.onclose = () => asking && dialog.showModal();
    form.onsubmit = (event) => {
      event.preventDefault();
      sessionStorage.setItem(KEPT, field.value.trim());
      field.value = "";
      asking = undefined;
      dialog.close();
      done();
    };
    if (!dialog.open) dialog.showModal();
    field.focus();
  });
}
