// Brushing of parallel coordinates, by mouse, touch and keyboard. Brushes are kept by the name of
// their axis, so that a chart that is replaced while it is looked at keeps them.
"use strict";
const tunerCharts = (() => {
  const namespace = "http://www.w3.org/2000/svg";
  const brushes = new Map();
  const step = 1 / 20;

  function element(name, attributes, parent) {
    const made = document.createElementNS(namespace, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.append(made);
    return made;
  }

  function announcer() {
    const found = document.querySelector(".announcement");
    if (found) return found;
    const made = document.createElement("div");
    made.className = "announcement";
    made.setAttribute("aria-live", "polite");
    document.body.append(made);
    return made;
  }

  function axes(picture) {
    return [...picture.querySelectorAll(".dimension")].map((group) => {
      const [x, top, bottom] = ["x", "top", "bottom"].map((key) => Number(group.dataset[key]));
      const ticks = [...group.querySelectorAll(".tick")].map((text) => ({
        position: (bottom - (Number(text.getAttribute("y")) - 4)) / (bottom - top),
        label: text.lastChild.textContent,
      }));
      return { group, name: group.dataset.name, x, top, bottom, ticks };
    });
  }

  // What stands nearest to a position, in words.
  function near(axis, position) {
    const nearest = axis.ticks.reduce(
      (best, tick) => Math.abs(tick.position - position) < Math.abs(best.position - position)
        ? tick : best, axis.ticks[0]);
    return nearest ? nearest.label : `${Math.round(position * 100)} %`;
  }

  function describe(axis) {
    const brush = brushes.get(axis.name);
    return brush
      ? `from about ${near(axis, brush[0])} to about ${near(axis, brush[1])}` : "all values";
  }

  function update(picture, all, announces) {
    let count = 0;
    const lines = picture.querySelectorAll("polyline.line");
    for (const line of lines) {
      const points = line.getAttribute("points").split(" ").map((pair) => Number(pair.split(",")[1]));
      const isIn = all.every((axis, index) => {
        const brush = brushes.get(axis.name);
        if (!brush) return true;
        if (index >= points.length) return false;
        const position = (axis.bottom - points[index]) / (axis.bottom - axis.top);
        return position >= brush[0] - 0.002 && position <= brush[1] + 0.002;
      });
      line.classList.toggle("out", !isIn);
      if (isIn) count += 1;
    }
    for (const axis of all) {
      const brush = brushes.get(axis.name);
      axis.group.querySelector(".brush")?.remove();
      axis.group.setAttribute("aria-valuetext", describe(axis));
      axis.group.setAttribute("aria-valuenow", String(Math.round((brush ? brush[1] : 1) * 100)));
      if (!brush) continue;
      const height = (brush[1] - brush[0]) * (axis.bottom - axis.top);
      const y = axis.bottom - brush[1] * (axis.bottom - axis.top);
      const rectangle = element(
        "rect", { class: "brush", x: axis.x - 8, y, width: 16, height: Math.max(height, 2) },
        axis.group);
      axis.group.insertBefore(rectangle, axis.group.querySelector(".grip"));
    }
    if (announces) announcer().textContent = `${count} of ${lines.length} lines`;
  }

  function set(name, low, high) {
    const [from, to] = [Math.max(0, Math.min(low, high)), Math.min(1, Math.max(low, high))];
    if (from <= 0 && to >= 1) brushes.delete(name);
    else brushes.set(name, [from, to]);
  }

  function listenToPointer(picture, all, axis, grip) {
    let start = null;
    const position = (event) => {
      const matrix = grip.getScreenCTM();
      const y = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()).y;
      return Math.max(0, Math.min(1, (axis.bottom - y) / (axis.bottom - axis.top)));
    };
    grip.addEventListener("pointerdown", (event) => {
      start = position(event);
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointermove", (event) => {
      if (start === null) return;
      set(axis.name, start, position(event));
      update(picture, all, false);
    });
    grip.addEventListener("pointerup", (event) => {
      if (start === null) return;
      const end = position(event);
      if (Math.abs(end - start) < 0.01) brushes.delete(axis.name);
      start = null;
      update(picture, all, true);
    });
  }

  // Up and down move the brush's lower end, with Shift its upper; right and left move all of it.
  function listenToKeys(picture, all, axis) {
    axis.group.addEventListener("keydown", (event) => {
      let [low, high] = brushes.get(axis.name) ?? [0, 1];
      const sign = ["ArrowUp", "ArrowRight"].includes(event.key) ? 1 : -1;
      if (event.key === "Escape") [low, high] = [0, 1];
      else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        if (event.shiftKey) high = Math.max(low + step, Math.min(1, high + sign * step));
        else low = Math.min(high - step, Math.max(0, low + sign * step));
      } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
        const move = sign > 0 ? Math.min(step, 1 - high) : -Math.min(step, low);
        [low, high] = [low + move, high + move];
      } else return;
      event.preventDefault();
      set(axis.name, low, high);
      update(picture, all, true);
    });
  }

  function enhancePicture(picture) {
    if (picture.getAttribute("role") === "group") return;
    const all = axes(picture);
    picture.setAttribute("role", "group");
    picture.setAttribute("aria-label", picture.querySelector("desc")?.textContent ?? "");
    for (const axis of all) {
      const grip = element(
        "rect", { class: "grip", x: axis.x - 14, y: axis.top - 6, width: 28,
          height: axis.bottom - axis.top + 12 }, axis.group);
      for (const [key, value] of Object.entries({
        tabindex: "0", role: "slider", "aria-orientation": "vertical", "aria-valuemin": "0",
        "aria-valuemax": "100", "aria-label": axis.name,
      })) axis.group.setAttribute(key, value);
      listenToPointer(picture, all, axis, grip);
      listenToKeys(picture, all, axis);
    }
    update(picture, all, false);
  }

  // Makes the interactive pictures of a part of the page so; those that are need not be again.
  function enhance(root = document) {
    root.querySelectorAll("svg.interactive").forEach(enhancePicture);
    if (root.querySelector("svg.interactive")) announcer();
  }

  return { enhance };
})();
window.tunerCharts = tunerCharts;
if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", () => tunerCharts.enhance());
} else tunerCharts.enhance();
