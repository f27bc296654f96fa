// One file on its way: sent, watched, given back. The service keeps it for a while only.
import { announce } from "./announce.js";
import { icon, iconButton } from "./icons.js";
import { explained } from "./notice.js";
import * as service from "./service.js";
import { nameOf, number, word } from "./words.js";

const WATCH_SECONDS = 1;
const MOST_TRIES = 20;
const LONGEST_WAIT_SECONDS = 60;
const NOTES = [
  "same-language", "unsure-language", "untranslated", "markup-kept", "tracked-changes", "term-unsaid", "terms-unused",
];
/** What another try does not help. */
const HOPELESS = new Set([
  "too_much", "unsupported_format", "empty_file", "wrong_format", "protected_file", "macros", "damaged_file", "wrong_encoding",
  "stray_line", "unreadable", "bad_request",
]);
/** Where the service's own words tell a place in the file. */
const PLACED = new Set(["damaged_file", "wrong_encoding", "stray_line"]);
const element = (id) => document.getElementById(id);

export class Job {
  /** `choice` is {source, target}; `files` is where it belongs. */
  constructor(file, choice, files) {
    Object.assign(this, { file, choice, files, identity: null, own: [], stopped: new AbortController() });
    this.row = document.createElement("li");
    const name = part("name", file.name);
    name.dir = "auto";
    this.state = part("state");
    this.detail = part("detail");
    this.detail.lang = "en"; // the service's own words
    this.bar = document.createElement("progress");
    this.bar.setAttribute("aria-label", file.name);
    this.buttons = part("actions");
    this.row.append(icon("file"), name, this.state, this.detail, this.bar, this.buttons);
    element("jobs").prepend(this.row);
    files.jobs.add(this);
  }

  async start() {
    this.stage("waiting", () => word("files.waiting"), () => [
      iconButton("close", word("files.cancel", { name: this.file.name }), () => this.leave()),
    ]);
    try {
      await this.check();
      const made = await this.files.inTurn(() => this.send(this.files.glossary.all(this.choice.target)));
      this.identity = encodeURIComponent(made.id);
      await this.watch(made);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    }
  }

  /** What can be known without sending it: whether it can be read (no folder can), and is not too large. */
  async check() {
    const most = this.files.kinds?.max_bytes ?? Infinity;
    if (this.file.size > most) throw new service.Refusal("too_much");
    try {
      await this.file.slice(0, 1).arrayBuffer();
    } catch {
      throw new service.Refusal("unreadable");
    }
  }

  /** Hand it in; without `terms` where the service can use none. */
  async send(terms) {
    const { source, target } = this.choice;
    const form = new FormData();
    form.set("target", target ?? "");
    if (source) form.set("source", source);
    if (Object.keys(terms).length) form.set("terms", JSON.stringify(terms));
    form.set("file", this.file);
    this.stage("waiting", () => word("files.sending"));
    try {
      return await service.json(this.ask("/files", { method: "POST", body: form }));
    } catch (error) {
      if (error.reason !== "unsupported_terms") throw error;
      this.own.push("terms-unused");
      return this.send({});
    }
  }

  async watch(job) {
    while (job.state === "waiting" || job.state === "translating") {
      this.progress(job);
      await service.wait(WATCH_SECONDS, this.stopped.signal);
      job = await service.json(this.ask(`/files/${this.identity}`));
    }
    if (job.state === "failed") throw new service.Refusal(job.reason, { message: job.message });
    this.done([...this.own, ...job.notes]);
  }

  progress({ state, done, total }) {
    if (state === "waiting" || !total) return this.stage("waiting", () => word("files.waiting"));
    Object.assign(this.bar, { max: total, value: done });
    return this.stage("translating", () => word("files.translating", { share: number(Math.floor((100 * done) / total)) }));
  }

  done(notes) {
    const { name } = this.file;
    const known = NOTES.filter((note) => notes.includes(note));
    const says = () => [
      word("files.done", { language: nameOf(this.choice.target) }), ...known.map((note) => word(`note.${note}`)),
    ].join(" · ");
    this.stage("done", says, () => [
      this.saving(), iconButton("close", word("files.remove", { name }), () => this.leave()),
    ]);
    announce(word("files.done.name", { name }));
  }

  saving() {
    const save = iconButton("save", word("files.save.name", { name: this.file.name }), () => this.save());
    save.className = "button";
    save.append(part("", word("files.save")));
    return save;
  }

  async save() {
    try {
      const answer = await this.ask(`/files/${this.identity}/result`);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = nameIn(answer.headers.get("Content-Disposition")) ?? this.named();
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    }
  }

  /** `letter.docx` in German is `letter.de.docx`. */
  named() {
    const dot = this.file.name.lastIndexOf(".");
    const stem = dot > 0 ? this.file.name.slice(0, dot) : this.file.name;
    return `${stem}.${this.choice.target}${dot > 0 ? this.file.name.slice(dot) : ""}`;
  }

  failed(error) {
    const { name } = this.file;
    const says = () => this.explained(error);
    this.stage("failed", says, () => [
      ...(HOPELESS.has(error.reason) ? [] : [iconButton("again", word("files.again", { name }), () => this.again())]),
      iconButton("close", word("files.remove", { name }), () => this.leave()),
    ]);
    this.detail.textContent = PLACED.has(error.reason) ? error.message : "";
    announce(`${name}: ${says()}`);
    if (["no_key", "bad_key"].includes(error.reason)) this.files.needKey(error);
  }

  /** A refusal in words, as it is meant of a file. */
  explained(error) {
    const { limits } = this.files;
    if (error.reason === "too_much") return limits.names ? word("error.file_too_much", limits) : word("error.too_large");
    if (error.reason === "unsupported_format") return word("error.unsupported_format", limits);
    if (error.reason === "not_found" && this.identity !== null) return word("files.gone");
    if ([404, 405].includes(error.status) && this.identity === null) return word("files.none");
    return explained(error, this.files.settings);
  }

  /** Once more, with the languages that are chosen now. */
  again() {
    this.remove();
    const next = new Job(this.file, this.files.languages.chosen, this.files);
    next.start();
    next.buttons.querySelector("button").focus();
  }

  /** Give it up, here and at the service. */
  leave() {
    this.stopped.abort();
    this.remove();
    if (this.identity) service.ask(`/files/${this.identity}`, { method: "DELETE" }).catch(() => {});
    element("file-input").focus();
  }

  remove() {
    this.row.remove();
    this.files.jobs.delete(this);
  }

  /** Ask, and ask again when the service says when. */
  async ask(path, wish = {}) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await service.ask(path, { ...wish, signal: this.stopped.signal });
      } catch (error) {
        if ((error.retrySeconds ?? Infinity) > LONGEST_WAIT_SECONDS || attempt > MOST_TRIES) throw error;
        this.stage("waiting", () => this.explained(error));
        await service.wait(error.retrySeconds, this.stopped.signal);
      }
    }
  }

  /** Where it is: `says` tells that in words, `offers` gives the buttons, unless they stay as they are. */
  stage(stage, says, offers = null) {
    this.row.dataset.stage = stage;
    this.bar.hidden = stage === "done" || stage === "failed";
    if (stage === "waiting") this.bar.removeAttribute("value");
    this.says = says;
    this.state.textContent = says();
    if (offers === null) return;
    this.offers = offers;
    this.offer();
  }

  offer() {
    const hadFocus = this.buttons.contains(document.activeElement);
    this.buttons.replaceChildren(...this.offers());
    if (hadFocus) this.buttons.querySelector("button").focus();
  }

  /** All again in the words of the interface. */
  tell() {
    this.state.textContent = this.says();
    this.offer();
  }
}

function part(kind, text = "") {
  const made = document.createElement("span");
  made.className = kind;
  made.textContent = text;
  return made;
}

function nameIn(disposition) {
  const coded = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? "");
  if (coded) return decodeURIComponent(coded[1]);
  return /filename="([^"]+)"/i.exec(disposition ?? "")?.[1] ?? null;
}
