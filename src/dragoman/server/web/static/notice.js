// The line below the panes: what went wrong or is awaited, in words, and what can be done about it.
import { announce } from "./announce.js";
import { number, word } from "./words.js";

const KNOWN = new Set([
  "offline", "rate", "quota", "loading", "no_model", "too_slow", "overloaded", "restarting", "failing", "unavailable", "bad_key",
  "no_key", "forbidden", "unknown_language", "unknown_pair", "not_found", "disabled", "empty_file", "wrong_format", "protected_file",
  "macros", "damaged_file", "wrong_encoding", "stray_line", "too_many_files", "unreadable",
]);
/** Reasons that are one to the reader. */
const LIKE = {
  busy: "overloaded", stopping: "restarting", engine_failed: "failing", internal: "failing", failed: "failing", file_failed: "failing",
};
const element = (id) => document.getElementById(id);

/** Show `text`; `action` is {name, act} for a button, `progress` is {done, total}. */
export function notice(text, { action = null, progress = null, kind = "trouble" } = {}) {
  const box = element("notice");
  box.hidden = false;
  box.dataset.kind = kind;
  if (element("notice-text").textContent !== text) element("notice-text").textContent = text;
  const bar = element("notice-progress");
  bar.hidden = progress === null;
  if (progress) Object.assign(bar, { max: Math.max(1, progress.total), value: progress.done });
  const button = element("notice-action");
  button.hidden = action === null;
  button.textContent = action?.name ?? "";
  button.onclick = action?.act ?? null;
}

/** Nothing to be said any more. */
export function noNotice() {
  element("notice").hidden = true;
  element("notice-text").textContent = "";
}

/** A refusal in words. */
export function explained(refusal, settings = {}) {
  if (refusal.reason === "too_much") return word("error.too_much", { limit: number(settings.maxCharacters ?? 0) });
  const reason = LIKE[refusal.reason] ?? refusal.reason;
  return KNOWN.has(reason) ? word(`error.${reason}`) : word("error.other", { message: refusal.message });
}

/** Show a refusal, and say it to those who hear the page. */
export function complain(refusal, settings, action = null) {
  const text = explained(refusal, settings);
  notice(text, { action });
  announce(text);
}
