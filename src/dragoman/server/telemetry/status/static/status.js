// Asks for the figures again and again, and shows them. The key stays in this tab.

import { Chart, element } from "./chart.js";

const KEY = "dragoman.metrics-key";
const EVERY = { hour: 10_000, day: 60_000 };
const language = document.documentElement.lang;
const words = Object.fromEntries(
  [...document.querySelectorAll("#words dt")].map((term) => [term.textContent, term.nextElementSibling.textContent]));
const find = (id) => document.getElementById(id);

const number = (digits) => (value) => value.toLocaleString(language, { maximumFractionDigits: value && Math.abs(value) < 10 ? digits : 0 });
const percent = (value) => value.toLocaleString(language, { style: "percent", maximumFractionDigits: value && value < 0.1 ? 1 : 0 });
const time = (value) => value < 1 ? `${number(1)(1000 * value)} ms` : `${number(1)(value)} s`;
const size = (value) => value >= 1000 ? `${number(1)(value / 1000)} GB` : `${number(0)(value)} MB`;

const PLANS = [
  ["traffic", ["requests_per_second", "segments_per_second"], number(2), 1],
  ["tokens", ["source_tokens_per_second", "target_tokens_per_second"], number(1), 10],
  ["times", ["p50_seconds", "p95_seconds"], time, 0.01],
  ["trouble", ["error_share", "refused_share"], percent, 0.04],
  ["queue", ["waiting"], number(0), 4],
  ["wait", ["wait_seconds"], time, 1],
  ["memory", ["memory_mb"], size, 40],
  ["quality", ["bad_share"], percent, 0.04],
];
const charts = PLANS.map(([name, series, format, least]) => {
  const plan = { title: words[`chart_${name}`], series: series.map((one) => ({ name: one, word: words[one] })), format, least };
  return new Chart(plan, words, language);
});
find("charts").append(...charts.map((chart) => chart.figure));

const range = () => document.querySelector("input[name=range]:checked").value;
let timer = 0;
let asked = 0;

async function look() {
  clearTimeout(timer);
  const mine = ++asked;
  const key = sessionStorage.getItem(KEY);
  try {
    const answer = await fetch(`status/data?range=${range()}`, {
      headers: key ? { Authorization: `Bearer ${key}` } : {}, cache: "no-store", signal: AbortSignal.timeout(15_000),
    });
    if (mine !== asked) return;
    if (answer.status === 401 || answer.status === 403) return ask(key);
    if (!answer.ok) throw new Error(String(answer.status));
    const data = await answer.json();
    if (mine === asked) show(data, key);
  } catch {
    if (mine === asked) find("trouble").textContent = words.unreachable;
  }
  if (mine === asked) timer = setTimeout(look, EVERY[range()]);
}

function ask(key) {
  sessionStorage.removeItem(KEY);
  find("figures").hidden = true;
  find("entrance").hidden = false;
  find("state").textContent = find("trouble").textContent = "";
  find("refused").textContent = key ? words.key_wrong : "";
  find("key").focus();
}

function show(data, key) {
  find("entrance").hidden = true;
  find("figures").hidden = false;
  find("forget").hidden = !key;
  find("trouble").textContent = "";
  find("state").textContent = `${words.updated} ${new Date(1000 * data.now).toLocaleTimeString(language)}`;
  showAlerts(data.alerts);
  charts.forEach((chart) => chart.show(data));
  showModels(data.models);
  showQuality(data.quality);
}

function showAlerts(alerts) {
  const firing = alerts.filter((alert) => alert.since !== null);
  const lines = firing.map((alert) => {
    const since = new Date(1000 * alert.since).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
    return element("li", { class: "bad" }, element("strong", {}, words[`alert_${alert.name}`]), ` ${words.since} ${since}`);
  });
  const well = element("li", { class: "good" }, words.all_well);
  const shown = lines.length ? lines : [well];
  const list = find("alerts");
  if (list.textContent !== shown.map((line) => line.textContent).join("")) list.replaceChildren(...shown);
}

function row(kind, texts) {
  const cells = texts.map((text, index) =>
    element(kind === "head" || !index ? "th" : "td", kind === "head" ? { scope: "col" } : index ? {} : { scope: "row" }, text));
  return element("tr", {}, ...cells);
}

function showModels(models) {
  const head = row("head", [words.direction, words.state, words.waiting, words.pace, words.remembered]);
  const rows = models.map((model) => row("body", [
    model.direction.replace("-", " → ") || "…",
    element("span", { class: { ready: "good", loading: "faint" }[model.state] ?? "bad" }, words[`state_${model.state}`]),
    number(0)(model.waiting),
    model.pace === null ? "–" : number(0)(model.pace),
    model.remembered === null ? "–" : percent(model.remembered),
  ]));
  find("models").replaceChildren(head, ...rows);
}

function showQuality(directions) {
  const names = directions[0]?.signals.map((signal) => signal.name) ?? [];
  const head = row("head", [words.direction, words.judged, ...names.map((name) => words[`signal_${name}`])]);
  const rows = directions.map((one) => row("body", [
    one.direction.replace("-", " → "), counted(one), ...one.signals.map(cellOf),
  ]));
  find("quality").replaceChildren(...(rows.length ? [head, ...rows] : [row("body", [words.empty])]));
}

function counted(one) {
  return number(0)(one.judged) + (one.learns_from === null ? "" : ` / ${number(0)(one.learns_from)}`);
}

/** What lies within chance needs no figure. */
function cellOf(signal) {
  const share = percent(signal.share) + (signal.drift < 2 ? "" : ` (${number(1)(signal.drift)})`);
  return signal.drifts ? element("strong", { class: "bad" }, `${share} ${words.drifts}`) : share;
}

find("entrance").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, find("key").value.trim());
  find("key").value = "";
  look();
});
find("forget").addEventListener("click", () => { sessionStorage.removeItem(KEY); look(); });
find("ranges").addEventListener("change", look);
document.addEventListener("visibilitychange", () => document.hidden ? clearTimeout(timer) : look());
look();
