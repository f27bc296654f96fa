// How a translation is asked for: a short text at once and with its words aligned, a long one piece by piece; and again
// where the service says that this may help.
import * as service from "./service.js";

const AT_ONCE = 600; // JavaScript's units of text
const ALIGNED = 2500; // up to here the words of a long text are aligned once it is there
const PAUSE_SECONDS = 1;
const MOST_TRIES = 40; // what the service has done already it remembers
const TRIES = { engine_failed: 3 };
const LONGEST_WAIT_SECONDS = 60;

/**
 * The translation, asked for until there is an answer or no hope. `began` is called before the first piece of a long one,
 * `came` with each of its pieces; `waiting` has the refusal, and ends when it is time to try again.
 */
export async function patiently(wish, { waiting, ...told }) {
  const left = [];
  for (let attempt = 1; ; attempt += 1) {
    try {
      const found = await answer(wish, told);
      return { ...found, flags: [...left, ...found.flags] };
    } catch (error) {
      if (error.reason === "unsupported_terms" && left.length === 0) {
        wish.terms = {};
        left.push("terms-unused");
        continue;
      }
      const wait = error.retrySeconds ?? Infinity;
      if (wait > LONGEST_WAIT_SECONDS || attempt >= (TRIES[error.reason] ?? MOST_TRIES)) throw error;
      await waiting(error);
    }
  }
}

async function answer(wish, { signal, began, came }) {
  if (wish.text.length <= AT_ONCE) return service.translate({ ...wish, alignments: true }, signal);
  const found = { text: "", source: wish.source, confidence: 1, alternatives: [], via: [], flags: [], alignment: null };
  for await (const piece of service.stream(wish, signal)) {
    if (found.text === "") began();
    found.text += piece.text;
    found.source = piece.source;
    found.flags = [...new Set([...found.flags, ...piece.flags])];
    came(piece.text);
  }
  return found;
}

/** The links of a translation that came without any; none where they are too dear, or belong to another one. */
export async function lateLinks(wish, text, signal) {
  if (wish.text.length > ALIGNED) return [];
  try {
    await service.wait(PAUSE_SECONDS, signal);
    const found = await service.translate({ ...wish, alignments: true }, signal);
    return found.text === text ? found.alignment : [];
  } catch {
    return []; // the translation is there; this was an extra
  }
}
