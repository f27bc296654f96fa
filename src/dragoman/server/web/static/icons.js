// The pictures of the buttons: symbols that stand in the page.
const SVG = "http://www.w3.org/2000/svg";

/** The picture `name`, hidden from those who hear the page. */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  picture.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  picture.append(use);
  return picture;
}

/** A button that shows `name`, says `text` and does `act`. */
export function iconButton(name, text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon";
  button.title = text;
  button.setAttribute("aria-label", text);
  button.append(icon(name));
  button.addEventListener("click", act);
  return button;
}
