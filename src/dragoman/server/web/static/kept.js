// What stays in this browser: choices, and the history if it is wanted. Never a cookie, never anything that is sent.
const PREFIX = "dragoman.";

/** The value kept under `name`, or `otherwise`. */
export function kept(name, otherwise = null) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Keep a value; null forgets it. A browser that keeps nothing is no trouble. */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* switched off, or full */ }
}
