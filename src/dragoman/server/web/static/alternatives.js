// Further translations of a short text: asked for when the reader pauses, taken over by a press.
import { announce } from "./announce.js";
import { wait } from "./service.js";
import { direction, word } from "./words.js";

const MOST_CHARACTERS = 500;
const NUMBER = 3;
const PAUSE_SECONDS = 1;
const element = (id) => document.getElementById(id);

/** Asks with `translate` and shows what came; `taken` hears what the reader chose. */
export class Alternatives {
  constructor(translate, taken) {
    this.translate = translate;
    this.taken = taken;
    this.most = NUMBER;
  }

  /** Nothing further, for now. */
  clear() {
    this.asking?.abort();
    element("alternatives").hidden = true;
    element("alternatives-list").replaceChildren();
  }

  /** Look for further translations, other than `shown`. What goes wrong here disturbs nobody. */
  async look(wish, shown) {
    this.clear();
    if (this.most < 1 || wish.text.length > MOST_CHARACTERS) return;
    const asking = (this.asking = new AbortController());
    try {
      await wait(PAUSE_SECONDS, asking.signal);
      const found = await this.translate({ ...wish, alternatives: Math.min(NUMBER, this.most) }, asking.signal);
      if (asking.signal.aborted) return;
      const others = new Set([found.text, ...found.alternatives]);
      others.delete(shown);
      this.show([...others].slice(0, NUMBER), shown, wish.target);
    } catch { /* the translation is there; this was an extra */ }
  }

  show(texts, shown, language) {
    element("alternatives").hidden = texts.length === 0;
    element("alternatives-list").replaceChildren(...texts.map((text) => this.row(text, texts, shown, language)));
  }

  row(text, texts, shown, language) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.lang = language;
    button.dir = direction(language);
    button.addEventListener("click", () => {
      const place = texts.indexOf(text);
      this.taken(text);
      this.show(texts.with(place, shown), text, language);
      element("alternatives-list").querySelectorAll("button")[place]?.focus();
      announce(word("alternatives.taken"));
    });
    const row = document.createElement("li");
    row.append(button);
    return row;
  }
}
