// The reader's own terms: how words are to be said in a language. They stay in this browser; with a text go only those
// that stand in it, with a file all of its language, since the page does not read files.
import { keep, kept } from "./kept.js";
import { label, nameOf, number, word } from "./words.js";

const MOST = 5000; // as many as the service takes in a request
const LONGEST = 1000;
const SHOWN_LINES = 5;
const element = (id) => document.getElementById(id);

/** Lines "term = translation", or with a tab between as tables are copied: {terms, wrong}, the wrong ones by number. */
export function parsed(text) {
  const terms = new Map();
  const wrong = [];
  for (const [place, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const at = line.includes("\t") ? line.indexOf("\t") : line.indexOf("=");
    const [source, target] = [line.slice(0, Math.max(0, at)).trim(), line.slice(at + 1).trim()];
    const fits = [source, target].every((one) => one !== "" && one.length <= LONGEST);
    if (fits && (terms.size < MOST || terms.has(source))) terms.set(source, target);
    else wrong.push(place + 1);
  }
  return { terms, wrong };
}

/** Whether `text` holds `term`, whatever its case and its spaces; the service looks closer. */
const plain = (text) => text.toLowerCase().replace(/\s+/g, " ");

export class Glossary {
  /** `changed` is called when the reader has changed terms. */
  constructor(languages, changed) {
    this.languages = languages;
    this.field = element("glossary-terms");
    this.field.addEventListener("input", () => this.write());
    element("glossary").addEventListener("close", () => {
      if (this.lines(this.target) !== this.before) changed();
    });
  }

  get target() {
    return this.languages.chosen.target;
  }

  lines(target) {
    const every = kept("glossary", {});
    return typeof every?.[target] === "string" ? every[target] : "";
  }

  /** What the lines for `target` say, as `parsed` gives it; looked through once. */
  read(target) {
    const lines = this.lines(target);
    if (this.known?.lines !== lines) this.known = { lines, ...parsed(lines) };
    return this.known;
  }

  /** All terms for translations into `target`: term → translation. */
  all(target) {
    return Object.fromEntries(this.read(target).terms);
  }

  /** Those of them that stand in `text`. */
  within(text, target) {
    const words = plain(text);
    return Object.fromEntries([...this.read(target).terms].filter(([source]) => words.includes(plain(source))));
  }

  write() {
    const { [this.target]: _, ...others } = kept("glossary", {}) ?? {};
    const every = { ...others, ...(this.field.value.trim() && { [this.target]: this.field.value }) };
    keep("glossary", Object.keys(every).length ? every : null);
    this.tell();
  }

  /** Fill the dialog that is about to open. */
  show() {
    this.before = this.field.value = this.lines(this.target);
    this.tell();
  }

  /** How many terms there are for the language that is chosen, on the button and in the dialog. */
  tell() {
    const { target } = this;
    element("glossary-open").hidden = target === null;
    if (target === null) return;
    const { terms, wrong } = this.read(target);
    const count = number(terms.size);
    element("glossary-count").textContent = terms.size ? count : "";
    label(element("glossary-open"), terms.size ? word("glossary.with", { count }) : word("glossary"));
    element("glossary-into").textContent = word("glossary.into", { language: nameOf(target) });
    const lines = wrong.slice(0, SHOWN_LINES).map(number).join(", ") + (wrong.length > SHOWN_LINES ? " …" : "");
    const complaint = wrong.length ? [word("glossary.wrong", { lines })] : [];
    element("glossary-state").textContent = [word("glossary.count", { count }), ...complaint].join(" · ");
    element("glossary-state").classList.toggle("wrong", wrong.length > 0);
  }
}

/** The terms of `terms` that `translation` does not say: "term = translation", all where nobody can tell which. */
export function unsaid(terms, translation) {
  const said = plain(translation);
  const every = Object.entries(terms);
  const missing = every.filter(([, target]) => !said.includes(plain(target)));
  return (missing.length ? missing : every).map((term) => term.join(" = "));
}
