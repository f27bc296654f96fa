// The files that are to be translated: which may come, and how they are handed over. What becomes of each is a job's.
import { Job } from "./job.js";
import * as service from "./service.js";
import { number, word } from "./words.js";

const element = (id) => document.getElementById(id);

export class Files {
  /** `needKey` is called when the service wants a key. */
  constructor({ languages, glossary, settings, needKey }) {
    Object.assign(this, { languages, glossary, settings, needKey });
    this.kinds = null;
    this.jobs = new Set();
    this.sent = Promise.resolve();
    element("file-input").addEventListener("change", (event) => {
      this.take([...event.target.files]);
      event.target.value = "";
    });
    this.watchDrops(document.querySelector(".card"));
  }

  /** Learn which files the service takes, and say so. */
  async learn() {
    try {
      this.kinds = await service.fileKinds();
      element("file-input").accept = this.kinds.suffixes.join(",");
    } catch { /* then a file itself will tell */ }
    this.tell();
  }

  /** Everything in the words of the interface. */
  tell() {
    const { names, megabytes } = this.limits;
    element("file-kinds").textContent = names && word("files.kinds", { names, most: megabytes });
    for (const job of this.jobs) job.tell();
  }

  /** What may come, as it is written here. */
  get limits() {
    const { suffixes = [], max_bytes: bytes = 0, max_characters: limit = 0 } = this.kinds ?? {};
    const names = suffixes.map((one) => one.slice(1)).join(", ");
    return { names, megabytes: number(Math.floor(bytes / 1e6)), limit: number(limit) };
  }

  /** Files may be dropped anywhere; anything else goes where it is dropped, as ever. */
  watchDrops(card) {
    const holdsFiles = (event) => event.dataTransfer?.types.includes("Files") && !document.querySelector("dialog[open]");
    const over = (is) => card.classList.toggle("over", is);
    window.addEventListener("dragover", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      over(true);
    });
    window.addEventListener("dragleave", (event) => event.relatedTarget === null && over(false));
    window.addEventListener("drop", (event) => {
      over(false);
      if (!holdsFiles(event)) return;
      event.preventDefault();
      element("tab-files").click();
      this.take([...event.dataTransfer.files]);
    });
  }

  /** Send one file at a time, so that the first of many is soon on its way; gives what `send` gives. */
  inTurn(send) {
    const sending = this.sent.then(send);
    this.sent = sending.catch(() => {});
    return sending;
  }

  /** Translate these, each with the languages that are chosen now. */
  take(files) {
    for (const file of files) new Job(file, this.languages.chosen, this).start();
  }
}
