// Compact tokens (RFC 7515 section 7.1) taken apart and put together, whatever is wrong with them.

// The parts of a token as text to be read, with what is wrong with each; null for what has no three parts.
export function decoded(token) {
  const segments = token.trim().split(".");
  if (segments.length !== 3) return null;
  const [header, payload] = segments.slice(0, 2).map(readable);
  return { segments, header, payload };
}

// A part as a segment: as it was unless it was changed, to the byte.
export function segmentOf(part, segment, text) {
  return text === part.text ? segment : encoded(text);
}

export function encoded(text) {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function readable(segment) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(segment.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  } catch {
    return { text: segment, value: undefined, note: "is no base64url" };
  }
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { text: new TextDecoder().decode(bytes), value: undefined, note: "is no UTF-8" };
  }
  try {
    const value = JSON.parse(text);
    // Only what says the same is shown in lines: not what has a member twice, or a number that no double holds.
    const same = JSON.stringify(value) === text;
    return { text: same ? JSON.stringify(value, null, 2) : text, value, note: "" };
  } catch {
    return { text, value: undefined, note: "is no JSON" };
  }
}

// When a NumericDate is, in words.
export function when(seconds, now) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds}`;
  const away = Math.round(seconds - now);
  const words = away >= 0 ? `in ${span(away)}` : `${span(-away)} ago`;
  return `${date.toISOString().replace("T", " ").replace(".000Z", "")} UTC, ${words}`;
}

function span(seconds) {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}
