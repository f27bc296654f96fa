// The two pickers: what can be translated into what, what was chosen, what was detected, and the swap.
import { keep, kept } from "./kept.js";
import { label, nameOf, sorted, word } from "./words.js";

const DETECT = "";
const UNSURE = 0.5;
const element = (id) => document.getElementById(id);

export class Languages {
  /** `changed` is called when the reader chooses. */
  constructor(changed) {
    this.ways = new Map();
    this.detected = null;
    this.targetIsChosen = Boolean(kept("languages"));
    this.source = element("source");
    this.target = element("target");
    for (const picker of [this.source, this.target]) {
      picker.addEventListener("change", () => {
        if (picker === this.source) this.detected = null;
        else this.targetIsChosen = true;
        this.show({ source: this.source.value, target: this.target.value });
        keep("languages", { source: this.source.value, target: this.target.value });
        changed();
      });
    }
  }

  /** What the service can do: [{language, targets}]. */
  set(ways) {
    this.ways = new Map(ways.map((way) => [way.language, way.targets]));
    const before = this.source.options.length > 1 ? this.chosen : kept("languages", {});
    this.show({ source: before?.source ?? DETECT, target: before?.target || document.documentElement.lang });
  }

  /** The choice now; no source means: detect it. */
  get chosen() {
    return { source: this.source.value || null, target: this.target.value || null };
  }

  /** The source as told or as detected. */
  get spoken() {
    return this.source.value || this.detected?.language || null;
  }

  targetsOf(source) {
    return source ? this.ways.get(source) ?? [] : [...new Set([...this.ways.values()].flat())];
  }

  /** Fill both pickers anew, in the words of the interface, with this choice where it can be had. */
  show({ source = this.source.value, target = this.target.value } = {}) {
    const sources = [...this.ways.keys()];
    const told = sources.includes(source) ? source : sources.length === 1 ? sources[0] : DETECT;
    const targets = this.targetsOf(told);
    const next = targets.includes(target) ? target : targets.find((one) => base(one) === base(target));
    const detect = sources.length > 1 ? [[DETECT, this.detectWords()]] : [];
    options(this.source, [...detect, ...sorted(sources).map((one) => [one, nameOf(one)])], told);
    options(this.target, sorted(targets).map((one) => [one, nameOf(one)]), next ?? targets[0] ?? "");
    this.showSwap();
  }

  /** The service found out what the text is in; null when there is no text. */
  detect(found) {
    this.detected = found;
    const option = this.source.querySelector(`option[value="${DETECT}"]`);
    if (option) option.textContent = this.detectWords();
    this.showSwap();
  }

  detectWords() {
    if (!this.detected) return word("detect");
    const name = { language: nameOf(this.detected.language) };
    return word(this.detected.confidence < UNSURE ? "detected.unsure" : "detected", name);
  }

  get canSwap() {
    const source = this.spoken;
    return source !== null && this.targetsOf(this.target.value).includes(source);
  }

  showSwap() {
    const button = element("swap");
    button.setAttribute("aria-disabled", String(!this.canSwap));
    label(button, this.canSwap || this.spoken === null ? word("swap") : word("swap.not"));
  }

  /** Another target for a text that is in the target language already, best one that is read here; null for none. */
  get otherTarget() {
    const others = this.targetsOf(this.spoken).filter((one) => one !== this.target.value);
    const read = [...navigator.languages, "en"].map(base);
    return read.map((wanted) => others.find((one) => base(one) === wanted)).find(Boolean) ?? others[0] ?? null;
  }

  /** Take another target. */
  into(target) {
    this.show({ target });
  }

  /** Turn the direction round. */
  swap() {
    const [source, target] = [this.target.value, this.spoken];
    this.detected = null;
    this.show({ source, target });
    keep("languages", { source, target });
  }
}

const base = (language) => language.split("-")[0].toLowerCase();

function options(picker, entries, value) {
  picker.replaceChildren(...entries.map(([code, name]) => new Option(name, code, false, code === value)));
  picker.disabled = entries.length === 0;
}
