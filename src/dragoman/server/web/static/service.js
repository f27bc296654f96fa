// How the page talks to the service: our own interface under /api/v1, on the server that the page came from.
const KEY = "dragoman.key";
const BASE = new URL("../api/v1", import.meta.url).href; // also behind a proxy that puts a folder before it
const LATER_SECONDS = 3;
const AWAY = new Set([502, 503, 504]); // what a proxy says for a service that is not there
let ownKey = ""; // where the browser keeps nothing

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
    return sessionStorage.getItem(KEY) ?? ownKey;
  } catch {
    return ownKey;
  }
}

export function setKey(value) {
  ownKey = value;
  try {
    if (value) sessionStorage.setItem(KEY, value);
    else sessionStorage.removeItem(KEY);
  } catch { /* then it is forgotten with the page */ }
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
    throw interrupted(error);
  }
  if (answer.ok) return answer;
  throw await refusal(answer);
}

/** What became of an answer that did not come whole: it was given up, or the line broke. */
function interrupted(error) {
  return error.name === "AbortError" ? error : new Refusal("offline", { retrySeconds: LATER_SECONDS });
}

async function refusal(answer) {
  const told = await answer.json().catch(() => ({}));
  const isAway = told.reason === undefined && AWAY.has(answer.status);
  const wait = Number.parseFloat(answer.headers.get("Retry-After"));
  return new Refusal(told.reason ?? (isAway ? "offline" : "unknown"), {
    status: answer.status,
    message: told.message ?? `HTTP ${answer.status}`,
    retrySeconds: Number.isFinite(wait) ? wait : isAway ? LATER_SECONDS : null,
  });
}

/** What an answer holds. */
export async function json(asked) {
  const answer = await asked;
  try {
    return await answer.json();
  } catch (error) {
    throw interrupted(error);
  }
}

/** What can be done with files: {suffixes, max_bytes, max_characters}. */
export const fileKinds = () => json(ask("/files"));

export const settings = async () => (await fetch(new URL("settings.json", import.meta.url), { credentials: "omit" })).json();
export const languages = () => json(ask("/languages"));
export const health = () => json(ask("/health"));

/** How many of the models are there: {done, total}, or null when nobody can say. */
export async function loaded() {
  try {
    const { models } = await health();
    return { done: models.filter((one) => one.state !== "loading").length, total: models.length };
  } catch {
    return null;
  }
}

function wished({ text, source, target, terms = {} }) {
  return { text, target, ...(source && { source }), ...(Object.keys(terms).length && { terms }) };
}

/** The translation of one text. */
export async function translate({ alternatives = 0, alignments = false, ...wish }, signal) {
  const body = { ...wished(wish), alternatives, ...(alignments && { alignments }) };
  return (await json(ask("/translate", { method: "POST", json: body, signal }))).translations[0];
}

/** The pieces of the translation of one text, as they come. */
export async function* stream(wish, signal) {
  const { body } = await ask("/translate/stream", { method: "POST", json: wished(wish), signal });
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
      throw interrupted(error);
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
    signal?.throwIfAborted();
    let left = Math.max(1, Math.ceil(seconds));
    tick(left);
    const ended = () => {
      clearInterval(timer);
      reject(signal.reason);
    };
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) return tick(left);
      clearInterval(timer);
      signal?.removeEventListener("abort", ended);
      resolve();
    }, 1000);
    signal?.addEventListener("abort", ended, { once: true });
  });
}
