// What is on the window of the viewer, and what the hand does on its stage.

const WINDOW = `
<header>
  <label>Images <select name="set"></select></label>
  <fieldset><legend>View</legend>
    <label><input type="radio" name="viewer-mode" value="one">one</label>
    <label><input type="radio" name="viewer-mode" value="swipe" checked>swipe</label>
    <label><input type="radio" name="viewer-mode" value="all">all</label>
  </fieldset>
  <label class="left"><span>Left</span> <select name="left"></select></label>
  <label class="right"><span>Right</span> <select name="right"></select></label>
  <span class="zoom">
    <button type="button" name="out" aria-label="Zoom out">\u2212</button>
    <button type="button" name="in" aria-label="Zoom in">+</button>
    <button type="button" name="fit">Fit</button>
  </span>
  <button type="button" name="close" aria-label="Close">\u00d7</button>
</header>
<div class="stage" tabindex="0" role="application" aria-label="Images; arrow keys move the pixel whose spectra are shown">
  <canvas></canvas>
  <div class="divider" tabindex="0" role="slider" aria-label="Divider between left and right" aria-valuemin="0"
    aria-valuemax="100"></div>
</div>
<aside>
  <div class="bar-place"></div>
  <p class="state" role="status"></p>
  <div class="values" hidden>
    <label class="band"><span>Band</span> <input type="range" name="band" min="0" step="1"> <output></output></label>
    <p class="pixel"><output aria-live="polite"></output> <button type="button" name="unpin">Follow the pointer</button></p>
    <div class="spectra"></div>
    <table></table>
    <p class="precision faint"></p>
  </div>
  <p class="keys faint"><kbd>+</kbd> <kbd>\u2212</kbd> <kbd>0</kbd> zoom and fit; arrows move the pixel, with
    <kbd>Shift</kbd> the view; <kbd>n</kbd> <kbd>p</kbd> next and previous image; <kbd>,</kbd> <kbd>.</kbd> band;
    <kbd>Esc</kbd> closes. A click holds the pixel.</p>
</aside>`;

/** Mouse, pen and fingers on the stage: `hover(x, y)`, `click(x, y)`; dragging and pinching move the view. */
function listenToPointers(element, stage, {hover, click}) {
  const down = new Map();
  let dragged = false;
  const at = (event) => {
    const box = element.getBoundingClientRect();
    return {x: event.clientX - box.left, y: event.clientY - box.top};
  };
  const middle = (points) => ({x: (points[0].x + points[1].x) / 2, y: (points[0].y + points[1].y) / 2,
    size: Math.hypot(points[0].x - points[1].x, points[0].y - points[1].y)});
  const move = (event) => {
    const now = at(event), before = down.get(event.pointerId);
    if (!before) return hover(now.x, now.y);
    if (!dragged && Math.hypot(now.x - before.x, now.y - before.y) < 5) return undefined; // a click that trembles
    dragged = true;
    const old = down.size === 2 ? middle([...down.values()]) : before;
    down.set(event.pointerId, now);
    if (down.size !== 2) return stage.pan(now.x - old.x, now.y - old.y);
    const changed = middle([...down.values()]);
    stage.pan(changed.x - old.x, changed.y - old.y);
    return stage.zoom(changed.size / Math.max(old.size, 1), changed.x, changed.y);
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (down.size === 0) dragged = false;
    down.set(event.pointerId, at(event));
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", move);
  element.addEventListener("pointercancel", (event) => down.delete(event.pointerId));
  element.addEventListener("pointerup", (event) => {
    const place = at(event);
    if (down.delete(event.pointerId) && !dragged) click(place.x, place.y);
  });
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const {x, y} = at(event);
    stage.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), x, y);
  }, {passive: false});
}

/** The divider of the swipe: dragged, or moved by arrow keys; `change()` is called after each move. */
function listenToDivider(divider, stage, change) {
  const set = (part) => {
    stage.divider = Math.min(1, Math.max(0, part));
    change();
  };
  divider.addEventListener("pointerdown", (event) => {
    event.stopPropagation();
    divider.setPointerCapture(event.pointerId);
  });
  divider.addEventListener("pointermove", (event) => {
    event.stopPropagation();
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const box = divider.parentElement.getBoundingClientRect();
    set((event.clientX - box.left) / box.width);
  });
  divider.addEventListener("pointerup", (event) => event.stopPropagation());
  divider.addEventListener("keydown", (event) => {
    const steps = {ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1};
    if (!(event.key in steps)) return;
    event.preventDefault();
    event.stopPropagation();
    set(stage.divider + steps[event.key]);
  });
}
