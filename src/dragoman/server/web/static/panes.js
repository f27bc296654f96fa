// The two panes: what is written and what is read. Knows elements, and nothing of the service.
import { Alignment, converted } from "./alignment.js";
import { direction, number, word } from "./words.js";

const SOURCE = 0;
const END = "\u200b"; // a last empty line has a height only when something stands in it
const LONG = [120, 600]; // characters from which the letters become smaller
const element = (id) => document.getElementById(id);

/** How many characters people and the service count in `text`: code points, not JavaScript's units. */
export function characters(text) {
  let pairs = 0;
  for (let place = 0; place < text.length - 1; place += 1) {
    const unit = text.charCodeAt(place);
    if (unit >= 0xd800 && unit < 0xdc00) pairs += 1;
  }
  return text.length - pairs;
}

export class Panes {
  constructor() {
    this.input = element("source-text");
    this.mirror = element("source-mirror");
    this.output = element("output");
    this.alignment = new Alignment(this.mirror, this.output);
    this.watchPointer();
    this.watchKeys();
  }

  get text() {
    return this.input.value;
  }

  get translation() {
    return this.output.textContent;
  }

  /** Write into the source pane. */
  write(text) {
    this.input.value = text;
    this.follow();
  }

  /** The same with the focus there, as if the reader had typed it: the browser can undo it. */
  type(text) {
    this.input.focus();
    this.input.select();
    document.execCommand(text === "" ? "delete" : "insertText", false, text);
    if (this.text !== text) this.write(text);
  }

  /** After every change of the source: the mirror behind it, the size of the letters. */
  follow() {
    const text = this.text;
    const count = this.count();
    this.mirror.textContent = text + END;
    this.alignment.set([]);
    element("clear").hidden = text === "";
    const size = LONG.filter((most) => count > most).length;
    document.body.dataset.size = ["large", "middle", "small"][size];
  }

  /** Say how long the source is, and how long it may be; gives the first. */
  count(limit = this.limit) {
    this.limit = limit;
    const count = characters(this.text);
    element("count").textContent = limit ? word("count", { count: number(count), limit: number(limit) }) : number(count);
    element("count").classList.toggle("over", this.isTooLong);
    return count;
  }

  get isTooLong() {
    return Boolean(this.limit) && characters(this.text) > this.limit;
  }

  /** Show a translation; `links` say which word became which. */
  show(text, { links = [], stale = false } = {}) {
    this.output.textContent = text;
    this.output.classList.toggle("stale", stale);
    element("copy").hidden = text === "";
    this.alignment.set(converted(links, this.text, text));
  }

  /** Put the next piece of a translation behind those that are there. */
  append(piece) {
    if (this.output.firstChild === null) this.show(piece);
    else this.output.firstChild.appendData(piece);
  }

  /** The words of the translation that is shown. */
  link(links) {
    this.alignment.set(converted(links, this.text, this.translation));
  }

  /** What is shown belongs to an earlier text. */
  age() {
    this.output.classList.add("stale");
    this.alignment.set([]);
  }

  /** The languages of the panes, for voices, fonts and directions. */
  languages(source, target, { sourceIsTold }) {
    for (const one of [this.input, this.mirror]) {
      one.lang = source ?? "";
      one.dir = source && sourceIsTold ? direction(source) : "auto";
    }
    this.output.lang = target ?? "";
    this.output.dir = target ? direction(target) : "auto";
  }

  watchPointer() {
    const under = (side) => (event) => {
      if (event.pointerType === "touch" && event.type === "pointermove") return;
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => this.alignment.showUnder(side, event.clientX, event.clientY));
    };
    const leave = () => {
      cancelAnimationFrame(this.frame);
      this.alignment.hide();
    };
    for (const [side, one] of [this.input, this.output].entries()) {
      one.addEventListener("pointermove", under(side));
      one.addEventListener("click", under(side));
      one.addEventListener("pointerleave", leave);
    }
  }

  watchKeys() {
    const caret = () => {
      if (document.activeElement === this.input) this.alignment.showAt(SOURCE, this.input.selectionStart);
    };
    this.input.addEventListener("keyup", (event) => event.key.startsWith("Arrow") && caret());
    for (const one of [this.input, this.output]) one.addEventListener("blur", () => this.alignment.hide());
    this.output.addEventListener("keydown", (event) => {
      const forward = direction(this.output.lang || "en") === "rtl" ? "ArrowLeft" : "ArrowRight";
      if (!["ArrowLeft", "ArrowRight"].includes(event.key) || event.shiftKey || event.ctrlKey || event.altKey) return;
      const link = this.alignment.step(event.key === forward ? 1 : -1);
      if (link === null) return;
      event.preventDefault();
      this.output.dispatchEvent(new CustomEvent("stepped", { detail: {
        source: this.text.slice(link[0], link[1]), target: this.translation.slice(link[2], link[3]),
      } }));
    });
  }
}

