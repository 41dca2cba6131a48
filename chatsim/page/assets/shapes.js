// What states look like: what happens there is told by shape, and not by colour alone.

import { svg } from "./dom.js";

export const HEIGHT = 34;

export const SHAPES = {
  input: "waits for a person",
  callback: "waits for a callback",
  end: "ends",
  pass: "goes on by itself",
  open: "where it goes is not known",
};

/** Draw the outline of a state that is `width` wide, around (0, 0). */
export function outline(shape, width) {
  const box = (inset, rx) =>
    svg("rect", {
      class: inset ? "inner" : "outline",
      x: inset - width / 2,
      y: inset - HEIGHT / 2,
      width: width - 2 * inset,
      height: HEIGHT - 2 * inset,
      rx,
    });
  switch (shape) {
    case "callback": {
      const [side, high] = [width / 2, HEIGHT / 2];
      const corners = [-side, 0, -side + 12, -high, side - 12, -high, side, 0, side - 12, high, -side + 12, high];
      return [svg("polygon", { class: "outline", points: corners.join(" ") })];
    }
    case "end":
      return [box(0, HEIGHT / 2), box(3.5, HEIGHT / 2 - 3.5)];
    case "open":
      return [svg("circle", { class: "outline", r: HEIGHT / 2 - 2 })];
    default:
      return [box(0, shape === "pass" ? 2 : 10)];
  }
}
