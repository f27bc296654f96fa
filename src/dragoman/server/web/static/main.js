// Puts the page together: its parts, what the reader does, and the wait for a service that is just starting.
import { announce } from "./announce.js";
import { Files } from "./files.js";
import { dialogs, interfaceLanguage, keyField, tabs, theme } from "./frame.js";
import { Glossary } from "./glossary.js";
import { History } from "./history.js";
import { Languages } from "./languages.js";
import { complain, noNotice, notice } from "./notice.js";
import { Panes } from "./panes.js";
import * as service from "./service.js";
import { Text } from "./text.js";
import { label, preferred, speak, word } from "./words.js";

const COPIED_MILLISECONDS = 1800;
const LOOK_AGAIN_SECONDS = 2;
const COMPOSES_ALL = matchMedia("(pointer: coarse)"); // keyboards on a glass compose every word until the next space
const element = (id) => document.getElementById(id);

async function start() {
  const wanted = preferred();
  await speak(wanted);
  const settings = await service.settings().catch(() => ({}));
  element("version").textContent = settings.version ?? "";
  const panes = new Panes();
  const languages = new Languages(() => {
    text.tellLanguages();
    text.changed({ now: true });
  });
  const glossary = new Glossary(languages, () => text.changed({ now: true }));
  const history = new History((entry) => text.restore(entry));
  const needKey = keyField(() => {
    noNotice();
    text.changed({ now: true });
  });
  const text = new Text({ panes, languages, glossary, history, settings, needKey });
  const files = new Files({ languages, glossary, settings, needKey });
  tabs();
  dialogs({ history: () => history.show(), glossary: () => glossary.show() });
  const showTheme = theme();
  interfaceLanguage(wanted, () => {
    showTheme();
    languages.show();
    files.tell();
    glossary.tell();
    panes.count();
    text.speak();
  });
  listen(panes, text);
  panes.count(settings.maxCharacters);
  panes.follow();
  element("key-open").hidden = !settings.needsKey;
  document.body.dataset.ready = "words";
  files.learn();
  await untilLoaded(languages, settings);
  text.tellLanguages();
  if (settings.needsKey && !service.key()) needKey();
  text.changed({ now: true });
  document.body.dataset.ready = "all";
}

/** What can be translated; while models are being loaded, how far that is. */
async function untilLoaded(languages, settings) {
  for (;;) {
    try {
      const ways = await service.languages();
      if (ways.length) languages.set(ways);
      const { models } = await service.health();
      const loading = models.some((one) => one.state === "loading");
      if (!loading && ways.length === 0) throw new service.Refusal("no_model", { retrySeconds: LOOK_AGAIN_SECONDS });
      if (!loading) return noNotice();
      const progress = await service.loaded();
      notice(word("error.loading"), { progress, kind: "waiting" });
      announce(word("error.loading"));
    } catch (error) {
      complain(error, settings);
    }
    await service.wait(LOOK_AGAIN_SECONDS);
  }
}

function listen(panes, text) {
  panes.input.addEventListener("input", (event) => {
    panes.follow();
    if (!isHalfWritten(event)) text.changed({ now: event.inputType === "insertFromPaste" });
  });
  panes.input.addEventListener("compositionstart", () => COMPOSES_ALL.matches || text.compose());
  panes.input.addEventListener("compositionend", () => text.changed());
  panes.output.addEventListener("stepped", ({ detail }) => announce(`${detail.target} – ${detail.source}`));
  element("stop").addEventListener("click", () => text.stop());
  element("swap").addEventListener("click", () => text.swap());
  element("copy").addEventListener("click", () => copy(panes));
  element("clear").addEventListener("click", () => clear(panes, text));
  window.addEventListener("online", () => text.resume());
  document.addEventListener("keydown", (event) => shortcut(event, panes, text));
}

/** Whether an input method holds letters that are not yet what they will be. */
const isHalfWritten = (event) => event.isComposing && !COMPOSES_ALL.matches;

function shortcut(event, panes, text) {
  if (document.querySelector("dialog[open]")) return;
  const acts = { KeyS: () => text.swap(), KeyC: () => copy(panes), KeyX: () => clear(panes, text) };
  const isChord = event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey;
  let act = isChord ? acts[event.code] : undefined;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) act = () => text.changed({ now: true });
  if (event.key === "Escape" && !event.isComposing) act = () => text.stop();
  if (!act) return;
  event.preventDefault();
  act();
}

function clear(panes, text) {
  panes.type("");
  text.changed();
  announce(word("cleared"));
}

async function copy(panes) {
  if (panes.translation === "") return;
  const done = await copied(panes);
  const [button, picture] = [element("copy"), element("copy").querySelector("use")];
  announce(word(done ? "copied" : "copied.not"));
  label(button, word(done ? "copied" : "copied.not"));
  picture.setAttribute("href", done ? "#icon-done" : "#icon-close");
  setTimeout(() => {
    label(button, word("copy"));
    picture.setAttribute("href", "#icon-copy");
  }, COPIED_MILLISECONDS);
}

/** Whether it worked. Where a page has no clipboard (no TLS, not this machine) the old way is taken. */
async function copied(panes) {
  try {
    await navigator.clipboard.writeText(panes.translation);
    return true;
  } catch {
    getSelection().selectAllChildren(panes.output);
    const done = document.execCommand("copy");
    getSelection().removeAllRanges();
    return done;
  }
}

start();
