// Translates whole files: sends them, watches how far they are, gives them back. The service keeps them for a while only.
import { announce } from "./announce.js";
import { icon, iconButton } from "./icons.js";
import { explained } from "./notice.js";
import * as service from "./service.js";
import { nameOf, number, word } from "./words.js";

const WATCH_SECONDS = 1;
const NOTES = ["same-language", "untranslated", "markup-kept", "tracked-changes"];
const element = (id) => document.getElementById(id);

export class Files {
  /** `choice` gives {source, target}; `needKey` is called when the service wants a key. */
  constructor({ languages, settings, needKey }) {
    Object.assign(this, { languages, settings, needKey });
    element("file-input").addEventListener("change", (event) => {
      this.take([...event.target.files]);
      event.target.value = "";
    });
    this.watchDrops(element("panel-files"), element("drop"));
    this.kinds = null;
  }

  /** Learn which files the service takes, and say so. */
  async learn() {
    try {
      this.kinds = await service.fileKinds();
      element("file-input").accept = this.kinds.suffixes.join(",");
    } catch { /* then a file itself will tell */ }
    this.tell();
  }

  tell() {
    const { suffixes = [], max_bytes: most = 0 } = this.kinds ?? {};
    const names = suffixes.map((one) => one.slice(1)).join(", ");
    element("file-kinds").textContent = names && word("files.kinds", { names, most: number(Math.floor(most / 1e6)) });
  }

  watchDrops(panel, place) {
    const over = (is) => (event) => {
      event.preventDefault();
      place.classList.toggle("over", is);
    };
    panel.addEventListener("dragover", over(true));
    panel.addEventListener("dragleave", over(false));
    panel.addEventListener("drop", (event) => {
      over(false)(event);
      this.take([...event.dataTransfer.files]);
    });
    for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
  }

  /** Translate these, each with the languages that are chosen now. */
  take(files) {
    for (const file of files) new Job(file, this.languages.chosen, this).start();
  }
}

/** One file on its way. */
class Job {
  constructor(file, choice, files) {
    Object.assign(this, { file, choice, files, identity: null, stopped: new AbortController() });
    this.row = document.createElement("li");
    this.name = document.createElement("span");
    this.name.className = "name";
    this.name.textContent = file.name;
    this.name.dir = "auto";
    this.state = document.createElement("span");
    this.state.className = "state";
    this.bar = document.createElement("progress");
    this.bar.setAttribute("aria-label", file.name);
    this.buttons = document.createElement("span");
    this.buttons.className = "actions";
    this.row.append(icon("file"), this.name, this.state, this.bar, this.buttons);
    element("jobs").prepend(this.row);
  }

  async start() {
    const { source, target } = this.choice;
    this.stage("waiting", word("files.sending"));
    this.offer(iconButton("close", word("files.cancel", { name: this.file.name }), () => this.leave()));
    try {
      const form = new FormData();
      form.set("target", target ?? "");
      if (source) form.set("source", source);
      form.set("file", this.file);
      const made = await (await this.ask("/files", { method: "POST", body: form })).json();
      this.identity = encodeURIComponent(made.id);
      await this.watch(made);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    }
  }

  async watch(job) {
    while (job.state === "waiting" || job.state === "translating") {
      this.progress(job);
      await service.wait(WATCH_SECONDS, this.stopped.signal);
      job = await (await this.ask(`/files/${this.identity}`)).json();
    }
    if (job.state === "failed") throw new service.Refusal("file", { message: job.message });
    this.done(job);
  }

  progress({ state, done, total }) {
    if (state === "waiting" || !total) return this.stage("waiting", word("files.waiting"));
    Object.assign(this.bar, { max: total, value: done });
    const share = number(Math.floor((100 * done) / total));
    return this.stage("translating", word("files.translating", { share }));
  }

  done({ notes = [] }) {
    const known = NOTES.filter((note) => notes.includes(note)).map((note) => word(`note.${note}`));
    this.stage("done", [word("files.done", { language: nameOf(this.choice.target) }), ...known].join(" · "));
    const save = document.createElement("button");
    save.type = "button";
    save.className = "button";
    const name = document.createElement("span");
    name.textContent = word("files.save");
    save.append(icon("save"), name);
    save.setAttribute("aria-label", word("files.save.name", { name: this.file.name }));
    save.addEventListener("click", () => this.save());
    this.offer(save, iconButton("close", word("files.remove", { name: this.file.name }), () => this.leave()));
    announce(word("files.done.name", { name: this.file.name }));
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
    const gone = error.reason === "not_found" && this.identity !== null;
    const missing = [404, 405].includes(error.status) && this.identity === null;
    const isOurs = ["file", "bad_request", "unsupported_format", "too_much"].includes(error.reason);
    const text = gone ? word("files.gone") : missing ? word("files.none")
      : isOurs ? word("error.other", { message: error.message }) : explained(error, this.files.settings);
    this.stage("failed", text);
    const again = iconButton("again", word("files.again", { name: this.file.name }), () => {
      this.row.remove();
      new Job(this.file, this.files.languages.chosen, this.files).start();
    });
    const remove = iconButton("close", word("files.remove", { name: this.file.name }), () => this.leave());
    this.offer(...([413, 415].includes(error.status) ? [] : [again]), remove);
    announce(`${this.file.name}: ${text}`);
    if (["no_key", "bad_key"].includes(error.reason)) this.files.needKey(error);
  }

  /** Give it up, here and at the service. */
  leave() {
    this.stopped.abort();
    this.row.remove();
    if (this.identity) service.ask(`/files/${this.identity}`, { method: "DELETE" }).catch(() => {});
    element("file-input").focus();
  }

  /** Ask, and ask again when the service says when. */
  async ask(path, wish = {}) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await service.ask(path, { ...wish, signal: this.stopped.signal });
      } catch (error) {
        const wants = error.retrySeconds ?? null;
        if (error.name === "AbortError" || wants === null || wants > 60 || attempt > 20) throw error;
        this.stage("waiting", explained(error, this.files.settings));
        await service.wait(wants, this.stopped.signal);
      }
    }
  }

  stage(stage, text) {
    this.row.dataset.stage = stage;
    this.state.textContent = text;
    this.bar.hidden = stage === "done" || stage === "failed";
    if (stage === "waiting") this.bar.removeAttribute("value");
  }

  offer(...buttons) {
    this.buttons.replaceChildren(...buttons);
  }
}

function nameIn(disposition) {
  const coded = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? "");
  if (coded) return decodeURIComponent(coded[1]);
  return /filename="([^"]+)"/i.exec(disposition ?? "")?.[1] ?? null;
}
