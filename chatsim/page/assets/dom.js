// Make elements.  Texts go in as text, never as markup: there is no other way in here.

const SVG = "http://www.w3.org/2000/svg";

/** Make an HTML element: `class`, `text`, `on` (listeners by event), everything else is an attribute. */
export function el(tag, props = {}, ...children) {
  return filled(document.createElement(tag), props, children);
}

/** Make an SVG element, in the same way. */
export function svg(tag, props = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), props, children);
}

/** Put `children` into `parent`, instead of what was there. */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat().filter((child) => child != null && child !== false));
}

function filled(element, { text, on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value != null && value !== false) element.setAttribute(name, value);
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  if (text != null) element.textContent = text;
  else if (children.length) fill(element, ...children);
  return element;
}

/** Let a path or a name of many words break after its separators: the parts of `text`, for an element. */
export function breakable(text) {
  return text.split(/(?<=[/:._])/).flatMap((part, index) => (index ? [document.createElement("wbr"), part] : [part]));
}

/** Say how many there are: `count(1, "turn")` is "1 turn". */
export function count(number, word, words = `${word}s`) {
  return `${number} ${number === 1 ? word : words}`;
}
