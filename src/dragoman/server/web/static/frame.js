// Around the translation: tabs, dialogs, light and dark, the language of the interface, the key. Each is set up once.
import { keep, kept } from "./kept.js";
import { explained } from "./notice.js";
import { setKey } from "./service.js";
import { INTERFACES, label, speak, word } from "./words.js";

const THEMES = ["system", "light", "dark"];
const GIVEN = "given";
const element = (id) => document.getElementById(id);

/** Text or files: arrows go from tab to tab. */
export function tabs() {
  const every = [...document.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const one of every) {
      const is = one === tab;
      one.setAttribute("aria-selected", String(is));
      one.tabIndex = is ? 0 : -1;
      element(one.getAttribute("aria-controls")).hidden = !is;
    }
    document.body.dataset.tab = tab.id;
  };
  for (const [place, tab] of every.entries()) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const next = every[(place + 1) % every.length];
      choose(next);
      next.focus();
    });
  }
  document.body.dataset.tab = every[0].id;
}

/** Dialogs open by their buttons; the cross, Escape and a press beside them close. */
export function dialogs(before = {}) {
  for (const dialog of document.querySelectorAll("dialog")) {
    element(`${dialog.id}-open`)?.addEventListener("click", () => {
      before[dialog.id]?.();
      dialog.showModal();
    });
    for (const button of dialog.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => dialog.close());
    }
    dialog.addEventListener("pointerdown", (event) => isBeside(dialog, event) && dialog.close());
  }
}

function isBeside(dialog, { clientX: x, clientY: y }) {
  const box = dialog.getBoundingClientRect();
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

/** As the system is, light, or dark. */
export function theme() {
  const show = () => {
    const now = THEMES.includes(kept("theme")) ? kept("theme") : "system";
    if (now === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = now;
    element("theme").querySelector("use").setAttribute("href", `#icon-${now}`);
    label(element("theme"), word(`theme.${now}`));
    return now;
  };
  element("theme").addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(show()) + 1) % THEMES.length];
    keep("theme", next === "system" ? null : next);
    show();
  });
  show();
  return show;
}

/** The language of the interface; `spoken` is called after a change. */
export function interfaceLanguage(now, spoken) {
  const picker = element("interface");
  const choices = Object.entries(INTERFACES).map(([code, name]) => {
    const option = new Option(name, code, false, code === now);
    option.lang = code;
    return option;
  });
  picker.replaceChildren(...choices);
  picker.addEventListener("change", async () => {
    try {
      await speak(picker.value, { chosen: true });
      spoken();
    } catch {
      picker.value = document.documentElement.lang; // its words did not come
    }
  });
}

/**
 * The field for the key. Gives a function that asks for it; `given` is called with a new one. Who has closed it is asked
 * again only when it was `asked` for, or another key has failed.
 */
export function keyField(given) {
  const dialog = element("key");
  let isDeclined = false;
  dialog.addEventListener("close", () => (isDeclined = dialog.returnValue !== GIVEN));
  element("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    setKey(element("key-input").value.trim());
    element("key-input").value = "";
    dialog.close(GIVEN);
    given();
  });
  return (error, { asked = true } = {}) => {
    element("key-open").hidden = false;
    element("key-about").textContent = error ? explained(error) : word("error.no_key");
    if (isDeclined && !asked) return;
    dialog.returnValue = "";
    if (!dialog.open) dialog.showModal();
    element("key-input").focus();
  };
}
