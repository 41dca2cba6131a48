// The graph: draws it once, and afterwards only says of each state and arrow how it stands.

import { Camera } from "./camera.js";
import { fill, svg } from "./dom.js";
import { drawFrame, drawLabel, drawStart, drawState, heads } from "./drawing.js";
import { HEIGHT } from "./shapes.js";

const NEAR = 6; // how many pixels beside an arrow still mean it
const MANY = 1500; // with more arrows than this, they are drawn without what takes long: dashes, and heads from afar
const FAR = 0.4; // below this scale, what is written on arrows is not drawn

export class Graph {
  /** Draw `bot` into `canvas`; tell `chosen` what is clicked: a type and an index, or null. */
  constructor(canvas, bot, chosen) {
    this.bot = bot;
    this.chosen = chosen;
    this.current = Math.max(
      bot.states.findIndex((state) => state.initial),
      0,
    );
    this.states = bot.states.map((state, index) => drawState(state, index));
    this.arrows = bot.arrows.map((arrow, index) => svg("path", { class: "arrow", d: arrow.path, "data-arrow": index }));
    this.labels = bot.arrows.map((arrow) => arrow.label && arrow.at && drawLabel(arrow));
    const stage = svg(
      "g",
      {},
      ...bot.frames.flatMap(drawFrame),
      svg("g", { class: "arrows" }, ...this.arrows),
      svg("g", { class: "labels" }, ...this.labels.filter(Boolean)),
      svg("g", { class: "starts" }, ...bot.states.filter((state) => state.initial).map(drawStart)),
      svg("g", { class: "states" }, ...this.states),
    );
    this.svg = svg("svg", { role: "group", "aria-label": `The graph of ${bot.name}` }, heads(), stage);
    this.svg.classList.toggle("many", bot.arrows.length > MANY);
    fill(canvas, this.svg);
    this.camera = new Camera(canvas, stage, bot, (scale) => this.svg.classList.toggle("far", scale < FAR));
    this.camera.open(bot.states[this.current]);
    this.states[this.current]?.setAttribute("tabindex", "0");
    this.svg.addEventListener("click", (event) => this.click(event));
    this.svg.addEventListener("keydown", (event) => this.key(event));
  }

  // ---------------------------------------------------------------- how it stands

  /** Colour everything by one kind of coverage, or plainly without. */
  mark(kind) {
    this.states.forEach((state, index) => (state.dataset.mark = markOf(kind?.states[index])));
    this.arrows.forEach((arrow, index) => (arrow.dataset.mark = markOf(kind?.arrows[index])));
    this.svg.classList.toggle("marked", Boolean(kind));
  }

  /** Light up a way: `states` and `arrows` gone so far, those of this very turn as `now`, and where it stands, `here`. */
  show({ states = [], arrows = [], now = [], here = null, chosen = null, bad = false }) {
    const [on, along, running] = [new Set(states), new Set(arrows), new Set(now)];
    const lit = on.size > 0 || along.size > 0;
    this.svg.classList.toggle("lit", lit);
    this.svg.classList.toggle("bad", bad);
    this.states.forEach((state, index) => {
      const isChosen = chosen?.type === "state" && chosen.index === index;
      classes(state, "state", on.has(index) && "on", here === index && "here", isChosen && "chosen");
      if (isChosen) state.setAttribute("aria-current", "true");
      else state.removeAttribute("aria-current");
    });
    this.arrows.forEach((arrow, index) => {
      const isChosen = chosen?.type === "arrow" && chosen.index === index;
      const named = [along.has(index) && "on", running.has(index) && "now", isChosen && "chosen"];
      classes(arrow, "arrow", ...named);
      if (this.labels[index]) classes(this.labels[index], "label", ...named);
    });
  }

  /** Have a state in sight. */
  reveal(index) {
    const { x, y } = this.bot.states[index];
    this.camera.reveal(x, y);
  }

  /** Have a whole way in sight, if that can be read; else where it ends. */
  behold(states) {
    const seen = states.map((index) => this.bot.states[index]);
    if (!seen.length) return;
    const [xs, ys] = [seen.flatMap(({ x, width }) => [x - width / 2, x + width / 2]), seen.map(({ y }) => y)];
    const around = [Math.min(...xs) - 10, Math.min(...ys) - HEIGHT, Math.max(...xs) + 10, Math.max(...ys) + HEIGHT];
    if (!this.camera.enclose(...around)) this.reveal(states.at(-1));
  }

  /** Have an arrow in sight, at the state that it leaves. */
  revealArrow(index) {
    const { source, at } = this.bot.arrows[index];
    const { x, y } = this.bot.states[source];
    this.camera.reveal(at?.[0] ?? x, at?.[1] ?? y);
  }

  // ---------------------------------------------------------------- what people do

  click(event) {
    if (this.camera.dragged) return;
    const state = event.target.closest("[data-state]");
    if (state) return this.choose("state", Number(state.dataset.state));
    const arrow = arrowNear(event.clientX, event.clientY);
    if (arrow) this.choose("arrow", Number(arrow.dataset.arrow));
    else this.chosen(null);
  }

  choose(type, index) {
    if (type === "state") this.focus(index);
    this.chosen({ type, index });
  }

  key(event) {
    const factor = { "+": 1.25, "=": 1.25, "-": 0.8 }[event.key];
    if (factor) this.camera.zoom(factor);
    else if (event.key === "0") this.camera.fit();
    else if (event.key === "Enter" || event.key === " ") this.choose("state", this.current);
    else if (event.key.startsWith("Arrow")) this.step(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Move the focus to the nearest state in the direction of an arrow key. */
  step(key) {
    const [dx, dy] = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
    const from = this.bot.states[this.current];
    let [best, least] = [null, Infinity];
    this.bot.states.forEach((state, index) => {
      const [x, y] = [state.x - from.x, state.y - from.y];
      const along = x * dx + y * dy;
      const distance = along + 2.5 * Math.abs(x * dy + y * dx);
      if (along > 1 && distance < least) [best, least] = [index, distance];
    });
    if (best !== null) this.focus(best);
  }

  focus(index) {
    this.states[this.current].setAttribute("tabindex", "-1");
    this.current = index;
    this.states[index].setAttribute("tabindex", "0");
    this.states[index].focus({ preventScroll: true });
    this.reveal(index);
  }
}

function classes(element, ...names) {
  const wanted = names.filter(Boolean).join(" ");
  if (element.getAttribute("class") !== wanted) element.setAttribute("class", wanted);
}

function markOf(marks) {
  if (!marks) return "none";
  const [reached, total] = marks;
  return reached === total ? "all" : reached ? "some" : "missed";
}

/** The arrow at a point of the screen, or within a few pixels of it. */
function arrowNear(x, y) {
  for (let reach = 0; reach <= NEAR; reach++) {
    for (const [dx, dy] of [
      [0, 0],
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
      [1, 1],
      [-1, -1],
      [1, -1],
      [-1, 1],
    ]) {
      const found = document.elementFromPoint(x + dx * reach, y + dy * reach)?.closest(".arrow");
      if (found) return found;
    }
  }
  return null;
}
