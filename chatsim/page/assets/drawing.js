// Draws the parts of a graph.

import { svg } from "./dom.js";
import { HEIGHT, outline, SHAPES } from "./shapes.js";

/** Draw the heads of arrows: an ordinary one, and one for the way of this turn. */
export function heads() {
  const head = (id, size) =>
    svg(
      "marker",
      {
        id,
        viewBox: "0 0 8 8",
        markerWidth: size,
        markerHeight: size,
        refX: 7,
        refY: 4,
        orient: "auto",
        markerUnits: "userSpaceOnUse",
      },
      svg("path", { d: "M0 0.5L8 4L0 7.5z" }),
    );
  return svg("defs", {}, head("head", 9), head("bighead", 13));
}

/** Draw a state: its outline tells what happens there. */
export function drawState(state, index) {
  const also = state.may.length ? `, may also ${state.may.join(", ")}` : "";
  const name = `${state.name}, ${SHAPES[state.shape]}${also}`;
  return svg(
    "g",
    {
      class: "state",
      transform: `translate(${state.x} ${state.y})`,
      role: "button",
      tabindex: "-1",
      "aria-label": name,
      "data-state": index,
      "data-shape": state.shape,
      "data-unknown": state.unknown,
    },
    svg("title", { text: name }),
    ...outline(state.shape, state.width),
    svg("text", { dy: "0.35em", text: state.short || state.name }),
  );
}

/** Draw what has to hold for an arrow to be gone along. */
export function drawLabel({ label, at: [x, y] }) {
  return svg("text", { class: "label", x, y, dy: "0.35em", text: label });
}

/** Draw the dot from which chats come to a state. */
export function drawStart({ x, y, width }) {
  const left = x - width / 2;
  return svg(
    "g",
    { class: "start" },
    svg("circle", { cx: left - 24, cy: y, r: 5 }),
    svg("path", { d: `M${left - 19} ${y}H${left - 1}` }),
  );
}

/** Draw what the states of a plugin stand in. */
export function drawFrame({ title, x, y, width, height }) {
  return [
    svg("rect", { class: "frame", x, y, width, height, rx: 12 }),
    svg("text", { class: "frame-title", x: x + 14, y: y + HEIGHT / 2 + 8, text: title }),
  ];
}
