// How the page talks to the service: our own interface under /api/v1, on the server that the page came from.
const KEY = "dragoman.key";
const BASE = new URL("../api/v1", import.meta.url).href; // also behind a proxy that puts a folder before it
const LATER_SECONDS = 3;

/** A request that was not answered: `reason` is the service's own, or "offline". */
export class Refusal extends Error {
  constructor(reason, { status = 0, retrySeconds = null, message = reason } = {}) {
    super(message);
    Object.assign(this, { name: "Refusal", reason, status, retrySeconds });
  }
}

/** The key of this tab; it is forgotten when the tab is closed. */
export function key() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function setKey(value) {
  if (value) sessionStorage.setItem(KEY, value);
  else sessionStorage.removeItem(KEY);
}

/** One request. Gives the Response, or throws a Refusal, or an AbortError when `signal` was used. */
export async function ask(path, { method = "GET", json, body, signal } = {}) {
  const headers = {};
  if (key()) headers.Authorization = `Bearer ${key()}`;
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(BASE + path, {
      method, headers, signal, body: json === undefined ? body : JSON.stringify(json),
      credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("offline", { retrySeconds: 5 });
  }
  if (answer.ok) return answer;
  throw await refusal(answer);
}

async function refusal(answer) {
  const told = await answer.json().catch(() => ({}));
  const wait = Number.parseFloat(answer.headers.get("Retry-After"));
  return new Refusal(told.reason ?? "unknown", {
    status: answer.status, message: told.message, retrySeconds: Number.isFinite(wait) ? wait : null,
  });
}

const json = async (answer) => (await answer).json();

/** What can be done with files: {suffixes, max_bytes, max_characters}. */
export const fileKinds = () => json(ask("/files"));

export const settings = async () => (await fetch(new URL("settings.json", import.meta.url), { credentials: "omit" })).json();
export const languages = () => json(ask("/languages"));
export const health = () => json(ask("/health"));

/** The translation of one text. */
export async function translate({ text, source, target, alternatives = 0, alignments = false }, signal) {
  const wish = { text, target, alternatives, ...(source && { source }), ...(alignments && { alignments }) };
  return (await json(ask("/translate", { method: "POST", json: wish, signal }))).translations[0];
}

/** The pieces of the translation of one text, as they come. */
export async function* stream({ text, source, target }, signal) {
  const wish = { text, target, ...(source && { source }) };
  const { body } = await ask("/translate/stream", { method: "POST", json: wish, signal });
  for await (const line of lines(body.pipeThrough(new TextDecoderStream()).getReader())) {
    const piece = JSON.parse(line);
    if (piece.reason) throw new Refusal(piece.reason, { message: piece.message, retrySeconds: LATER_SECONDS });
    yield piece;
  }
}

async function* lines(reader) {
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      if (error.name === "AbortError") throw error;
      throw new Refusal("offline", { retrySeconds: LATER_SECONDS });
    });
    const parts = (rest + (value ?? "")).split("\n");
    rest = done ? "" : parts.pop();
    yield* parts.filter(Boolean);
    if (done) return;
  }
}

/** Wait, unless `signal` ends it; `tick` hears each second how many are left. */
export function wait(seconds, signal, tick = () => {}) {
  return new Promise((resolve, reject) => {
    let left = Math.max(1, Math.ceil(seconds));
    tick(left);
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) return tick(left);
      clearInterval(timer);
      resolve();
    }, 1000);
    signal?.addEventListener("abort", () => {
      clearInterval(timer);
      reject(new DOMException("stopped", "AbortError"));
    }, { once: true });
  });
}
