// How a translation is asked for: a short text at once and with its words aligned, a long one piece by piece.
import * as service from "./service.js";

const AT_ONCE = 600; // JavaScript's units of text
const ALIGNED = 2500; // up to here the words of a long text are aligned once it is there
const PAUSE_SECONDS = 1;

/** The translation; `began` is called before the first piece of a long one, `came` with each of its pieces. */
export async function answer(wish, { signal, began, came }) {
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
