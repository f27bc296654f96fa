// Draws lines over time as SVG, with a table beside them that says the same. Knows no service.

const SPACE = "http://www.w3.org/2000/svg";
const HEIGHT = 170;
const EDGE = { left: 58, right: 8, top: 10, bottom: 22 };

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  return filled(made, attributes, children);
}

function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SPACE, name), attributes, children);
}

function filled(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** The least round number from which a scale with `steps` lines covers `highest`. */
export function roundUp(highest, steps) {
  const rough = highest / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  return steps * power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999999);
}

/** Lines of what was counted; where steps are missing a line is interrupted. */
function paths(at, values, place, stepSeconds) {
  let path = "";
  values.forEach((value, index) => {
    const follows = index > 0 && at[index] - at[index - 1] < 3 * stepSeconds;
    path += `${follows ? "L" : "M"}${place.x(at[index]).toFixed(1)} ${place.y(value).toFixed(1)}`;
    if (!follows && !(at[index + 1] - at[index] < 3 * stepSeconds)) path += "h1";
  });
  return path;
}

export class Chart {
  /**
   * @param {{title: string, series: {name: string, word: string}[], format: (value: number) => string, least: number}} plan
   * @param {{table: string, time: string, highest: string, now: string, empty: string}} words
   * @param {string} language of numbers and times
   */
  constructor(plan, words, language) {
    this.plan = plan;
    this.words = words;
    this.language = language;
    this.reading = element("p", { class: "reading" });
    this.canvas = drawn("svg", { role: "img", height: HEIGHT });
    this.table = element("table");
    const legend = element("ul", { class: "legend" });
    plan.series.forEach((one, index) => legend.append(element("li", { class: `line-${index}` }, one.word)));
    const wide = element("div", { class: "wide", tabindex: 0, role: "group", "aria-label": plan.title }, this.table);
    this.figure = element(
      "figure", { class: "card" },
      element("figcaption", {}, element("h2", {}, plan.title), plan.series.length > 1 ? legend : ""),
      this.reading, this.canvas,
      element("details", {}, element("summary", {}, words.table), wide),
    );
    this.canvas.addEventListener("pointermove", (event) => this.#point(event.offsetX));
    this.canvas.addEventListener("pointerleave", () => this.#point(null));
    new ResizeObserver(() => this.data && this.show(this.data)).observe(this.figure);
  }

  show(data) {
    this.data = data;
    const width = Math.max(200, this.canvas.clientWidth || 400);
    const values = this.plan.series.flatMap((one) => data.series[one.name]);
    const top = roundUp(Math.max(this.plan.least, ...values), 4);
    const from = data.now - data.range_seconds;
    const inner = { width: width - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
    this.place = {
      x: (seconds) => EDGE.left + (inner.width * (seconds - from)) / data.range_seconds,
      y: (value) => EDGE.top + inner.height * (1 - value / top),
    };
    this.canvas.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.cursor = drawn("line", { class: "cursor", y1: EDGE.top, y2: HEIGHT - EDGE.bottom, visibility: "hidden" });
    this.canvas.replaceChildren(...this.#grid(top, width), ...this.#times(from, data.range_seconds, width), ...this.#lines(), this.cursor);
    this.canvas.setAttribute("aria-label", this.#summary());
    this.#point(null);
    this.#tabulate();
  }

  #grid(top, width) {
    return [0, 1, 2, 3, 4].flatMap((step) => {
      const y = this.place.y((top * step) / 4);
      const label = drawn("text", { x: EDGE.left - 6, y: y + 4, "text-anchor": "end" }, this.plan.format((top * step) / 4));
      return [drawn("line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: y, y2: y }), step % 2 ? "" : label];
    }).filter(Boolean);
  }

  #times(from, range, width) {
    const every = (range > 7200 ? 21600 : 900) * (width < 360 ? 2 : 1);
    const offset = new Date().getTimezoneOffset() * 60;
    const first = Math.ceil((from - offset) / every) * every + offset;
    const labels = [];
    for (let at = first; at < from + range; at += every) {
      const x = this.place.x(at);
      if (x > EDGE.left + 12 && x < width - 20) {
        labels.push(drawn("text", { x, y: HEIGHT - 5, "text-anchor": "middle" }, this.#clock(at)));
      }
    }
    return labels;
  }

  #lines() {
    const { at, series, step_seconds: step } = this.data;
    return this.plan.series.map((one, index) =>
      drawn("path", { class: `line line-${index}`, d: paths(at, series[one.name], this.place, step) }));
  }

  #clock(seconds) {
    return new Date(1000 * seconds).toLocaleTimeString(this.language, { hour: "2-digit", minute: "2-digit" });
  }

  #summary() {
    const parts = this.plan.series.map((one) => {
      const values = this.data.series[one.name];
      if (!values.length) return this.words.empty;
      const { now, highest } = this.words;
      return `${one.word}: ${now} ${this.plan.format(values.at(-1))}, ${highest} ${this.plan.format(Math.max(...values))}`;
    });
    return `${this.plan.title}. ${parts.join("; ")}`;
  }

  /** Say the values under the pointer; without one, the last. */
  #point(x) {
    const { at, series } = this.data ?? { at: [] };
    if (!at.length) {
      this.reading.textContent = this.words.empty;
      return;
    }
    let index = at.length - 1;
    if (x !== null) at.forEach((seconds, each) => {
      if (Math.abs(this.place.x(seconds) - x) < Math.abs(this.place.x(at[index]) - x)) index = each;
    });
    const told = this.plan.series.map((one) => `${one.word} ${this.plan.format(series[one.name][index])}`).join(" · ");
    this.reading.textContent = `${x === null ? this.words.now : this.#clock(at[index])}: ${told}`;
    this.cursor.setAttribute("visibility", x === null ? "hidden" : "visible");
    for (const end of ["x1", "x2"]) this.cursor.setAttribute(end, this.place.x(at[index]));
  }

  /** Twelve rows: the highest value of each twelfth of the time. */
  #tabulate() {
    const { at, series, now, range_seconds: range } = this.data;
    const head = [this.words.time, ...this.plan.series.map((one) => one.word)];
    const rows = [element("tr", {}, ...head.map((word) => element("th", { scope: "col" }, word)))];
    for (let part = 11; part >= 0; part--) {
      const [begin, end] = [now - ((part + 1) * range) / 12, now - (part * range) / 12];
      const inside = at.map((seconds, index) => index).filter((index) => at[index] > begin && at[index] <= end);
      if (!inside.length) continue;
      const cells = this.plan.series.map((one) => this.plan.format(Math.max(...inside.map((index) => series[one.name][index]))));
      rows.push(element("tr", {},
        element("th", { scope: "row" }, `${this.#clock(begin)}–${this.#clock(end)}`),
        ...cells.map((text) => element("td", {}, text))));
    }
    this.table.replaceChildren(element("caption", {}, `${this.plan.title} (${this.words.highest})`), ...rows);
  }
}
