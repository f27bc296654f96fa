// The language of the interface: which one, its words, and the names that it has for languages and numbers.
import { keep, kept } from "./kept.js";

/** Code → what speakers call it. Each has a table in words/. */
export const INTERFACES = { en: "English", "zh-Hans": "中文", de: "Deutsch" };
const RIGHT_TO_LEFT = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"]);

let code = "en";
let table = {};

/** The interface language: as chosen here before, else the first of the browser's that there is. */
export function preferred(wanted = navigator.languages) {
  const chosen = kept("interface");
  if (chosen in INTERFACES) return chosen;
  const bases = Object.keys(INTERFACES).map((one) => [one.split("-")[0], one]);
  const found = wanted.map((one) => new Map(bases).get(one.split("-")[0].toLowerCase()));
  return found.find(Boolean) ?? "en";
}

/** Speak another language, now and, if it was chosen, next time. */
export async function speak(wanted, { chosen = false } = {}) {
  table = await (await fetch(new URL(`words/${wanted}.json`, import.meta.url))).json();
  code = wanted;
  if (chosen) keep("interface", wanted);
  document.documentElement.lang = code;
  document.documentElement.dir = direction(code);
  fill(document);
}

/** The words for `name`, with values in the places that its text names in braces. */
export function word(name, values = {}) {
  return (table[name] ?? name).replace(/\{(\w+)\}/g, (place, key) => values[key] ?? place);
}

/** Put words into everything below `root` that asks for them. */
export function fill(root) {
  for (const one of root.querySelectorAll("[data-word]")) one.textContent = word(one.dataset.word);
  for (const one of root.querySelectorAll("[data-word-placeholder]")) one.placeholder = word(one.dataset.wordPlaceholder);
  for (const one of root.querySelectorAll("[data-word-empty]")) one.dataset.empty = word(one.dataset.wordEmpty);
  for (const one of root.querySelectorAll("[data-word-label]")) label(one, word(one.dataset.wordLabel));
}

/** Name something for those who hear the page; buttons show the name to the others, too. */
export function label(element, text) {
  element.setAttribute("aria-label", text);
  if (element.tagName === "BUTTON") element.title = text;
}

/** What the language `language` is called here. */
export function nameOf(language) {
  try {
    return new Intl.DisplayNames([code], { type: "language" }).of(language) ?? language;
  } catch {
    return language;
  }
}

/** Codes in the order of their names. */
export function sorted(languages) {
  const order = new Intl.Collator(code);
  return [...languages].sort((one, other) => order.compare(nameOf(one), nameOf(other)));
}

/** A number as it is written here. */
export const number = (value) => new Intl.NumberFormat(code).format(value);

/** A moment as it is written here. */
export const moment = (milliseconds) =>
  new Intl.DateTimeFormat(code, { dateStyle: "medium", timeStyle: "short" }).format(milliseconds);

/** Where a language begins a line. */
export function direction(language) {
  const parts = language.toLowerCase().split("-");
  return RIGHT_TO_LEFT.has(parts[0]) || parts.includes("arab") || parts.includes("hebr") ? "rtl" : "ltr";
}
