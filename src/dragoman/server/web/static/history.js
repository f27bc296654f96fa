// What was translated, kept in this browser if the reader wants it, and nowhere else. Off until it is switched on.
import { iconButton } from "./icons.js";
import { keep, kept } from "./kept.js";
import { moment, nameOf, word } from "./words.js";

const MOST = 50;
const MOST_CHARACTERS = 5000;
const element = (id) => document.getElementById(id);

export class History {
  /** `restore` puts an entry back into the panes. */
  constructor(restore) {
    this.restore = restore;
    element("history-on").addEventListener("change", (event) => {
      keep("history.on", event.target.checked || null);
      if (!event.target.checked) this.save([]);
      this.show();
    });
    element("history-clear").addEventListener("click", () => {
      this.save([]);
      this.show();
      element("history-on").focus();
    });
  }

  get isOn() {
    return kept("history.on", false) === true;
  }

  get entries() {
    const entries = kept("history", []);
    return Array.isArray(entries) ? entries : [];
  }

  save(entries) {
    keep("history", entries.length ? entries : null);
  }

  /** Keep a translation. What the last one grew into takes its place. */
  add({ source, target, text, translation }) {
    if (!this.isOn || text.length > MOST_CHARACTERS) return;
    const entry = { source, target, text, translation, when: Date.now() };
    const grew = (old) => old.source === source && old.target === target && related(old.text, text);
    const [last, ...rest] = this.entries;
    const before = last && grew(last) ? rest : this.entries;
    const others = before.filter((old) => !(old.text === text && old.target === target));
    this.save([entry, ...others].slice(0, MOST));
  }

  show() {
    element("history-on").checked = this.isOn;
    const entries = this.entries;
    element("history-clear").hidden = entries.length === 0;
    element("history-empty").hidden = !this.isOn || entries.length > 0;
    element("history-list").replaceChildren(...entries.map((entry) => this.row(entry)));
  }

  row(entry) {
    const row = document.createElement("li");
    const open = document.createElement("button");
    open.type = "button";
    open.className = "entry";
    const way = `${nameOf(entry.source)} → ${nameOf(entry.target)} · ${moment(entry.when)}`;
    open.append(line("way", way), line("said", entry.text, entry.source), line("meant", entry.translation, entry.target));
    open.addEventListener("click", () => {
      element("history").close();
      this.restore(entry);
    });
    row.append(open, this.deleting(entry));
    return row;
  }

  deleting(entry) {
    return iconButton("close", word("history.delete"), (event) => {
      const place = [...element("history-list").children].indexOf(event.currentTarget.parentElement);
      this.save(this.entries.filter((one) => one.when !== entry.when || one.text !== entry.text));
      this.show();
      const left = element("history-list").querySelectorAll("li > .icon");
      (left[Math.min(place, left.length - 1)] ?? element("history-on")).focus();
    });
  }
}

function related(old, text) {
  return text.startsWith(old) || old.startsWith(text);
}

function line(kind, text, language) {
  const part = document.createElement("span");
  part.className = kind;
  part.textContent = text;
  part.dir = "auto";
  if (language) part.lang = language;
  return part;
}
