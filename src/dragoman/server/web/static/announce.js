// Tells those who hear the page what happened: the last thing only, and not before it has settled.
const SETTLED_MILLISECONDS = 900;
let timer;

/** Say `text` once nothing newer has come for a moment. */
export function announce(text) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    document.getElementById("announcer").textContent = text;
  }, SETTLED_MILLISECONDS);
}
