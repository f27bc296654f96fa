// Tells those who hear the page what happened: the last thing only, and not before it has settled.
const SETTLED_MILLISECONDS = 900;
let timer;

/** Say `text` once nothing newer has come for a moment; in the voice of `language`, else of the interface. */
export function announce(text, language = document.documentElement.lang) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const announcer = document.getElementById("announcer");
    announcer.lang = language;
    announcer.textContent = text;
  }, SETTLED_MILLISECONDS);
}
