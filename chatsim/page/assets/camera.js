// Pan and zoom: which part of the graph is seen, and how large.

const LEAST = 0.02;
const MOST = 3;
const READABLE = 0.62; // below this scale names are hard to read
const EDGE = 28; // pixels that stay free around what is shown

export class Camera {
  /** Move `stage`, an SVG group, within `frame`, as far as its `size` goes; tell `moved` the scale. */
  constructor(frame, stage, size, moved) {
    Object.assign(this, { frame, stage, size, moved, x: 0, y: 0, scale: 1 });
    this.pointers = new Map();
    this.dragged = false;
    this.printing = false;
    this.opened = null; // where it was opened, as long as nobody has looked elsewhere
    const listen = (event, listener, options) => frame.addEventListener(event, listener.bind(this), options);
    listen("wheel", this.wheel, { passive: false });
    listen("pointerdown", this.press);
    listen("pointermove", this.drag);
    for (const event of ["pointerup", "pointercancel"]) listen(event, this.release);
    this.last = this.room;
    new ResizeObserver(() => this.resized()).observe(frame);
  }

  get room() {
    return { width: this.frame.clientWidth, height: this.frame.clientHeight };
  }

  /** Keep the middle where it was. */
  resized() {
    const { width, height } = this.room;
    this.place(this.x + (width - this.last.width) / 2, this.y + (height - this.last.height) / 2);
    this.last = { width, height };
    if (this.opened) this.open(this.opened);
  }

  /** Show everything. */
  fit() {
    const { width, height } = this.room;
    const scale = Math.min((width - 2 * EDGE) / this.size.width, (height - 2 * EDGE) / this.size.height, 1);
    this.look(this.size.width / 2, this.size.height / 2, Math.max(scale, LEAST));
  }

  /** Show everything, or where that would be too small to read, what is around `start`, where chats begin. */
  open(start) {
    this.fit();
    if (this.scale < READABLE && start) this.begin(start);
    this.opened = start;
  }

  begin(start) {
    const { width, height } = this.room;
    const scale = Math.min(Math.max((width - 2 * EDGE) / this.size.width, READABLE), 1);
    const wide = this.size.width * scale > width - 2 * EDGE;
    this.look(wide ? start.x : this.size.width / 2, start.y + (height / 2 - EDGE * 2) / scale, scale);
  }

  /** Put the point (x, y) of the graph into the middle. */
  look(x, y, scale = this.scale) {
    this.opened = null;
    const { width, height } = this.room;
    this.place(width / 2 - x * scale, height / 2 - y * scale, scale);
  }

  /** Show all that lies between two corners, if it can be read then; say whether it can. */
  enclose(left, top, right, bottom) {
    const { width, height } = this.room;
    const scale = Math.min((width - 2 * EDGE) / (right - left), (height - 2 * EDGE) / (bottom - top), 1);
    if (scale < READABLE * 0.85) return false;
    this.look((left + right) / 2, (top + bottom) / 2, scale);
    return true;
  }

  /** Move no more than it takes to have (x, y) in sight, with `around` pixels of the graph about it. */
  reveal(x, y, around = 90) {
    this.opened = null;
    const { width, height } = this.room;
    const scale = Math.max(this.scale, Math.min(READABLE, 1));
    if (scale !== this.scale) return this.look(x, y, scale);
    const reach = Math.min(around * scale, width / 3, height / 3);
    const into = (at, room) => (at < reach ? reach - at : at > room - reach ? room - reach - at : 0);
    this.place(this.x + into(this.x + x * scale, width), this.y + into(this.y + y * scale, height), scale);
  }

  /** Zoom by `factor`, so that the point (x, y) of the frame stays where it is. */
  zoom(factor, x = this.room.width / 2, y = this.room.height / 2) {
    this.opened = null;
    const scale = Math.min(Math.max(this.scale * factor, LEAST), MOST);
    const ratio = scale / this.scale;
    this.place(x - (x - this.x) * ratio, y - (y - this.y) * ratio, scale);
  }

  /** On paper, everything is shown, whatever was looked at. */
  paper(printing) {
    this.printing = printing;
    const { width, height } = this.size;
    const svg = this.stage.ownerSVGElement;
    if (printing) {
      svg.setAttribute("viewBox", `${-EDGE} ${-EDGE} ${width + 2 * EDGE} ${height + 2 * EDGE}`);
      this.stage.removeAttribute("transform");
    } else {
      svg.removeAttribute("viewBox");
      this.place(this.x, this.y);
    }
  }

  place(x, y, scale = this.scale) {
    Object.assign(this, { x, y, scale });
    if (this.printing) return;
    this.stage.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale.toFixed(4)})`);
    this.moved(scale);
  }

  wheel(event) {
    event.preventDefault();
    const { left, top } = this.frame.getBoundingClientRect();
    const step = event.deltaMode === 1 ? 0.05 : event.ctrlKey ? 0.01 : 0.002;
    this.zoom(Math.exp(-event.deltaY * step), event.clientX - left, event.clientY - top);
  }

  press(event) {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, event);
    if (this.pointers.size === 1) this.dragged = false;
  }

  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const { left, top } = this.frame.getBoundingClientRect();
    const others = [...this.pointers.values()].filter((each) => each.pointerId !== event.pointerId);
    if (others.length) {
      const [other] = others;
      const apart = (each) => Math.hypot(each.clientX - other.clientX, each.clientY - other.clientY);
      const x = (event.clientX + other.clientX) / 2 - left;
      const y = (event.clientY + other.clientY) / 2 - top;
      this.zoom(apart(event) / Math.max(apart(before), 1), x, y);
      this.dragged = true;
    } else {
      const [x, y] = [event.clientX - before.clientX, event.clientY - before.clientY];
      if (!this.dragged && Math.hypot(x, y) < 4) return;
      if (!this.dragged) this.frame.setPointerCapture(event.pointerId);
      this.dragged = true;
      this.opened = null;
      this.place(this.x + x, this.y + y);
    }
    this.pointers.set(event.pointerId, event);
  }

  release(event) {
    this.pointers.delete(event.pointerId);
  }
}
