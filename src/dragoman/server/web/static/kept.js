// What stays in this browser: choices, and the history if it is wanted. Never a cookie, never anything that is sent.
const PREFIX = "dragoman.";
const unkept = new Map(); // what the browser would not keep: it lives as long as the page

/** The value kept under `name`, or `otherwise`. */
export function kept(name, otherwise = null) {
  if (unkept.has(name)) return unkept.get(name) ?? otherwise;
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Keep a value; null forgets it. A browser that keeps nothing is no trouble. */
export function keep(name, value) {
  unkept.delete(name);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    unkept.set(name, value); // switched off, or full
  }
}
