// What stands in a form, as the JSON of a call. What is left empty is left out.

export function read(form) {
  const body = {};
  for (const field of form.elements) {
    if (field.disabled || (field.name === "" && field.dataset.kind !== "rest")) continue;
    const value = valueOf(field);
    if (value === undefined) continue;
    if (field.dataset.kind === "rest") lay(value, body);
    else if (field.dataset.within === undefined) body[field.name] = value;
    else (body[field.dataset.within] ??= {})[field.name] = value;
  }
  return body;
}

// Members that no field of the form has; what a field says counts more.
function lay(rest, body) {
  for (const [name, value] of Object.entries(rest)) {
    const both = name in body && typeof value === "object" && typeof body[name] === "object" && !Array.isArray(value);
    if (!(name in body)) body[name] = value;
    else if (both) body[name] = { ...value, ...body[name] };
  }
}

function valueOf(field) {
  if (field.dataset.kind === "flag") return field.checked ? true : undefined;
  if (field.value === "") return undefined;
  switch (field.dataset.kind) {
    case "number":
      return Number(field.value);
    case "words":
      return field.value.split(/\s+/).filter((word) => word !== "");
    case "rest":
    case "json":
      return json(field);
    default:
      return field.value;
  }
}

function json(field) {
  try {
    return JSON.parse(field.value);
  } catch (error) {
    if ("takesText" in field.dataset) return field.value;
    throw new Error(`${field.labels[0].firstChild.textContent.trim()}: ${error.message}`);
  }
}

// Of the cases of a choice only the chosen one is shown and counts.
export function showCase(choice) {
  for (const one of choice.form.querySelectorAll("[data-case]")) {
    one.hidden = one.dataset.case !== choice.value;
    one.disabled = one.hidden;
    for (const field of one.querySelectorAll("input, select, textarea")) field.disabled = one.hidden;
  }
}

export function switches(place) {
  for (const choice of place.querySelectorAll("[data-switch]")) showCase(choice);
}
