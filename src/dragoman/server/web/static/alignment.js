// Which word became which: shows both in their panes when one of them is under the pointer, at the caret, or stepped to.
// A link is [source begin, source end, target begin, target end]; ranges are painted by the browser (CSS highlights),
// so that the texts stay plain texts.
const NAME = "aligned";
const canPaint = typeof Highlight === "function" && "highlights" in CSS;

/** Where each code point of `text` begins in it, counted as JavaScript counts; one more for the end. */
export function places(text) {
  const found = [0];
  for (const point of text) found.push(found.at(-1) + point.length);
  return found;
}

/** Links in code points as links in JavaScript's units; those that fit no text are left out. */
export function converted(links, source, target) {
  const [there, here] = [places(source), places(target)];
  return links
    .map(([a, b, c, d]) => [there[a], there[b], here[c], here[d]])
    .filter((link) => link.every((place) => place !== undefined) && link[0] < link[1] && link[2] < link[3]);
}

export class Alignment {
  /** `source` and `target` are elements with one text node each: what the eye sees of the two texts. */
  constructor(source, target) {
    this.sides = [source, target];
    this.links = [];
    this.shown = null; // the links that are shown
    this.stepped = null; // where the word begins that was stepped to; others may be shown with it
  }

  /** Take the links of a new translation; none clears all. */
  set(links) {
    this.links = links;
    this.hide();
  }

  /** Show what the word at `place` of a side (0: source, 1: target) became, or came from. */
  showAt(side, place) {
    this.show(this.links.filter((link) => link[2 * side] <= place && place < link[2 * side + 1]));
  }

  /** Show what stands at a point of the window. */
  showUnder(side, x, y) {
    const node = this.sides[side].firstChild;
    const range = document.createRange();
    this.show(node === null ? [] : this.links.filter((link) => {
      if (link[2 * side + 1] > node.length) return false;
      range.setStart(node, link[2 * side]);
      range.setEnd(node, link[2 * side + 1]);
      return [...range.getClientRects()].some(
        (box) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom,
      );
    }));
  }

  /** Go from word to word of the target; gives where the word is, or null. */
  step(direction) {
    const words = [...new Map(this.links.map((link) => [link[2], link])).values()].sort((a, b) => a[2] - b[2]);
    if (words.length === 0) return null;
    const from = this.stepped ?? this.shown?.[0][2];
    const now = words.findIndex((link) => link[2] === from);
    const next = now === -1 ? (direction > 0 ? 0 : words.length - 1) : now + direction;
    const word = words[Math.min(words.length - 1, Math.max(0, next))];
    this.showAt(1, word[2]);
    this.stepped = word[2];
    return word;
  }

  hide() {
    this.shown = this.stepped = null;
    if (canPaint) CSS.highlights.delete(NAME);
  }

  show(links) {
    if (links.length === 0) return this.hide();
    this.stepped = null;
    // Words that were translated together belong together: take what the other side's words are linked to as well.
    const sources = new Set(links.map((link) => link[0]));
    const targets = new Set(links.map((link) => link[2]));
    this.shown = this.links.filter((link) => sources.has(link[0]) || targets.has(link[2]));
    if (!canPaint) return;
    const ranges = this.shown.flatMap((link) => [0, 1].map((side) => this.range(side, link))).filter(Boolean);
    CSS.highlights.set(NAME, new Highlight(...ranges));
  }

  range(side, link) {
    const node = this.sides[side].firstChild;
    if (node === null || link[2 * side + 1] > node.length) return null;
    return new StaticRange({
      startContainer: node, startOffset: link[2 * side], endContainer: node, endOffset: link[2 * side + 1],
    });
  }
}
