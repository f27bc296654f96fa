// Translates what is typed: soon after the last key, one request at a time, an older one always called off.
import { Alternatives } from "./alternatives.js";
import { announce } from "./announce.js";
import { lateLinks, patiently } from "./answers.js";
import { facts } from "./facts.js";
import { complain, explained, noNotice, notice } from "./notice.js";
import * as service from "./service.js";
import { nameOf, number, word } from "./words.js";

const PAUSE_MILLISECONDS = 280;
const SLOW_MILLISECONDS = 700; // from then on one can stop it
const HISTORY_MILLISECONDS = 2500;
const READ_ALOUD = 400; // characters; of a longer translation it is said that it is there
const HOPELESS = new Set(["unknown_pair", "unknown_language", "forbidden", "too_much", "quota"]);
const element = (id) => document.getElementById(id);

export class Text {
  /** `needKey` is called when the service wants a key, or another one. */
  constructor({ panes, languages, glossary, history, settings, needKey }) {
    Object.assign(this, { panes, languages, glossary, history, settings, needKey });
    this.alternatives = new Alternatives(service.translate, (text) => this.take(text));
    this.alternatives.most = settings.maxAlternatives ?? 0;
    this.found = null;
    this.asking = null;
    this.wish = null;
  }

  /** The text or a language has changed: translate after a pause, or at once. */
  changed({ now = false } = {}) {
    this.callOff();
    if (this.panes.text.trim() === "") return this.empty();
    if (this.panes.isTooLong) {
      this.panes.age();
      return complain({ reason: "too_much" }, this.settings);
    }
    if (!this.languages.chosen.target) return undefined; // nothing can be had yet
    this.panes.age();
    this.timer = setTimeout(() => this.run(), now ? 0 : PAUSE_MILLISECONDS);
    return undefined;
  }

  /** Give up what is under way. */
  callOff() {
    clearTimeout(this.timer);
    this.timer = null;
    clearTimeout(this.keeping);
    this.asking?.abort();
    this.linking?.abort();
    this.asking = null;
    this.alternatives.clear();
    this.busy(false);
  }

  stop() {
    if (this.asking === null && this.timer === null) return;
    this.callOff();
    notice(word("stopped"), { kind: "waiting", action: this.again });
    announce(word("stopped"));
  }

  /** Someone begins to write with an input method: what is half written is not translated. */
  compose() {
    this.callOff();
    if (this.panes.text.trim() !== "") this.panes.age();
  }

  /** What was in the way is gone, perhaps: go on, unless all is well. */
  resume() {
    if (!element("notice").hidden) this.changed({ now: true });
  }

  /** The interface speaks another language. */
  speak() {
    const isSettled = this.asking === null && this.timer === null && element("notice").hidden;
    if (isSettled && this.found) this.facts(facts(this.found, this.wish.terms));
    else this.changed({ now: true });
  }

  get again() {
    return { name: word("again.now"), act: () => this.changed({ now: true }) };
  }

  empty() {
    this.found = null;
    this.panes.show("");
    this.languages.detect(null);
    this.tellLanguages();
    this.facts([]);
    noNotice();
  }

  async run() {
    const asking = (this.asking = new AbortController());
    const { text } = this.panes;
    const { source, target } = this.languages.chosen;
    const wish = (this.wish = { text, source, target, terms: this.glossary.within(text, target) });
    this.timer = null;
    this.busy(true);
    try {
      const found = await patiently(wish, {
        signal: asking.signal,
        began: () => this.panes.show(""),
        came: (piece) => asking.signal.aborted || this.panes.append(piece),
        waiting: (refusal) => this.waitFor(refusal, asking.signal),
      });
      if (asking.signal.aborted) return;
      noNotice();
      this.show(found, wish);
      if (found.alignment === null) this.linkLater(wish, found.text);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.failed(error);
    } finally {
      if (this.asking === asking) {
        this.asking = null;
        this.busy(false);
      }
    }
  }

  async linkLater(wish, text) {
    const { signal } = (this.linking = new AbortController());
    const links = await lateLinks(wish, text, signal);
    if (!signal.aborted && this.panes.translation === text) this.panes.link(links);
  }

  /** Wait as long as the service asked for, and say so. Models being loaded are shown. */
  async waitFor(error, signal) {
    announce(explained(error, this.settings));
    const loading = error.reason === "loading" ? await service.loaded() : null;
    await service.wait(error.retrySeconds, signal, (left) => {
      const text = `${explained(error, this.settings)} ${word("again.in", { seconds: number(left) })}`;
      notice(text, { progress: loading, kind: "waiting", action: error.reason === "loading" ? null : this.again });
    });
  }

  failed(error) {
    this.found = null;
    this.panes.show("");
    this.facts([]);
    const wantsKey = ["no_key", "bad_key"].includes(error.reason);
    const giveKey = { name: word("key.open"), act: () => this.needKey(error) };
    complain(error, this.settings, wantsKey ? giveKey : HOPELESS.has(error.reason) ? null : this.again);
    if (wantsKey) this.needKey(error, { asked: false });
  }

  show(found, wish) {
    this.found = found;
    this.languages.detect(wish.source ? null : { language: found.source, confidence: found.confidence });
    this.tellLanguages(found.flags);
    this.panes.show(found.text, { links: found.alignment ?? [] });
    this.facts(facts(found, wish.terms));
    if (found.flags.includes("same-language")) return this.offerOther();
    if (found.text.length > READ_ALOUD) announce(word("ready"));
    else announce(found.text, wish.target);
    this.alternatives.look(wish, found.text);
    this.keeping = setTimeout(() => this.remember(), HISTORY_MILLISECONDS);
    return undefined;
  }

  /** The text is in the target language already: take another target, unless the reader chose this one. */
  offerOther() {
    const other = this.languages.otherTarget;
    const act = () => {
      this.languages.into(other);
      this.changed({ now: true });
    };
    if (other === null) return this.facts([word("fact.same", { language: nameOf(this.found.source) })]);
    if (!this.languages.targetIsChosen) return act();
    notice(word("fact.same", { language: nameOf(this.found.source) }), {
      kind: "waiting", action: { name: word("into", { language: nameOf(other) }), act },
    });
    return undefined;
  }

  facts(told) {
    element("facts").textContent = told.join(" · ");
  }

  tellLanguages(flags = []) {
    const { source, target } = this.languages.chosen;
    const read = flags.includes("same-language") || flags.includes("untranslated") ? null : target;
    this.panes.languages(this.languages.spoken, read, { sourceIsTold: source !== null });
    this.glossary.tell();
  }

  /** A further translation takes the place of the first. */
  take(text) {
    this.panes.show(text);
    clearTimeout(this.keeping);
    this.remember();
  }

  remember() {
    const source = this.languages.spoken;
    this.history.add({
      source, target: this.languages.chosen.target, text: this.panes.text, translation: this.panes.translation,
    });
  }

  /** Turn round: the translation becomes the text. */
  swap() {
    if (!this.languages.canSwap) return;
    const text = this.panes.translation || this.panes.text;
    this.callOff();
    this.languages.swap();
    this.panes.show("");
    this.panes.write(text);
    this.tellLanguages();
    this.changed({ now: true });
    announce(word("swapped"));
  }

  /** An entry of the history, or any other text with its languages. */
  restore({ text, source, target }) {
    this.callOff();
    this.languages.detected = null;
    this.languages.show({ source, target });
    this.panes.type(text);
    this.tellLanguages();
    this.changed({ now: true });
  }

  busy(is) {
    clearTimeout(this.slow);
    element("busy").hidden = !is;
    element("output").setAttribute("aria-busy", String(is));
    if (is) this.slow = setTimeout(() => (element("stop").hidden = false), SLOW_MILLISECONDS);
    else element("stop").hidden = true;
  }
}
