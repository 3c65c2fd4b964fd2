// Where the images are drawn: panes of one canvas, all of the same part of the scene. Places are in fine pixels.

const LABEL_HEIGHT = 24, GAP = 8, MOST_ZOOM = 64, NO_DATA = "#808080";

class Stage {
  /** Draws `shown()`: {pictures, swipe}; a picture is {caption, source, part: [row, col, rows, cols]}. */
  constructor(canvas, shown) {
    Object.assign(this, {canvas, shown, divider: 0.5, pixel: null, view: {row: 0, col: 0, zoom: 1}, fitted: true});
    this.whole = [0, 0, specfuseScene.rows, specfuseScene.cols];
    new ResizeObserver(() => this.resized()).observe(canvas.parentElement);
  }

  resized() {
    const box = this.canvas.parentElement.getBoundingClientRect(), dense = window.devicePixelRatio || 1;
    if (box.width === 0) return;
    Object.assign(this, {width: box.width, height: box.height, dense});
    this.canvas.width = Math.round(box.width * dense);
    this.canvas.height = Math.round(box.height * dense);
    if (this.fitted) this.fit();
    this.draw();
  }

  /** Boxes of the panes: side by side in as many columns as make them largest. */
  panes() {
    const {pictures, swipe} = this.shown(), count = swipe ? 1 : pictures.length;
    let best = {size: -1};
    for (let columns = 1; columns <= count; ++columns) {
      const rows = Math.ceil(count / columns);
      const width = (this.width - GAP * (columns - 1)) / columns;
      const height = (this.height - GAP * (rows - 1)) / rows - LABEL_HEIGHT;
      const size = Math.min(width / this.whole[3], height / this.whole[2]);
      if (size > best.size) best = {size, columns, width, height};
    }
    return Array.from({length: count}, (_, i) => ({
      x: (i % best.columns) * (best.width + GAP),
      y: Math.floor(i / best.columns) * (best.height + LABEL_HEIGHT + GAP) + LABEL_HEIGHT,
      width: best.width,
      height: Math.max(best.height, 1),
    }));
  }

  fit(part = this.whole) {
    this.whole = part;
    const [row, col, rows, cols] = part, pane = this.panes()[0];
    if (!pane) return;
    this.view = {row: row + rows / 2, col: col + cols / 2, zoom: Math.min(pane.width / cols, pane.height / rows)};
    this.fitted = true;
  }

  /** The pane under a point of the canvas, and the fine place there. */
  placeAt(x, y) {
    const pane = this.panes().find((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
    if (!pane) return null;
    return {row: this.view.row + (y - pane.y - pane.height / 2) / this.view.zoom,
      col: this.view.col + (x - pane.x - pane.width / 2) / this.view.zoom};
  }

  zoom(factor, x, y) {
    const at = (x === undefined ? null : this.placeAt(x, y)) || this.view, view = this.view;
    const least = Math.min(1, 40 / Math.max(specfuseScene.rows, specfuseScene.cols));
    const zoom = Math.min(MOST_ZOOM, Math.max(least, view.zoom * factor)), moved = 1 - view.zoom / zoom;
    this.view = {row: view.row + (at.row - view.row) * moved, col: view.col + (at.col - view.col) * moved, zoom};
    this.moved();
  }

  /** By a number of pixels of the screen. */
  pan(x, y) {
    this.view.row -= y / this.view.zoom;
    this.view.col -= x / this.view.zoom;
    this.moved();
  }

  /** Some of the scene always stays in sight. */
  moved() {
    this.fitted = false;
    this.view.row = Math.min(specfuseScene.rows, Math.max(0, this.view.row));
    this.view.col = Math.min(specfuseScene.cols, Math.max(0, this.view.col));
    this.draw();
  }

  /** Moves the view so that the pixel is inside. */
  follow() {
    const pane = this.panes()[0], {view, pixel} = this;
    const rows = pane.height / view.zoom / 2 - 1, cols = pane.width / view.zoom / 2 - 1;
    const row = Math.min(pixel.row + rows, Math.max(pixel.row - rows, view.row));
    const col = Math.min(pixel.col + cols, Math.max(pixel.col - cols, view.col));
    if (row !== view.row || col !== view.col) this.fitted = false;
    Object.assign(view, {row, col});
  }

  draw() {
    if (!this.width) return;
    const {pictures, swipe} = this.shown(), panes = this.panes(), context = this.canvas.getContext("2d");
    this.colours = getComputedStyle(this.canvas);
    context.setTransform(this.dense, 0, 0, this.dense, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    if (!swipe) return panes.forEach((pane, i) => this.drawPane(context, pane, pictures[i], pane.x, pane.width, "left"));
    const cut = this.divider * panes[0].width;
    this.drawPane(context, panes[0], pictures[0], 0, cut, "left");
    this.drawPane(context, panes[0], pictures[1], cut, panes[0].width - cut, "right");
  }

  /** The part [from, from + width) of a pane, with the caption at its left or right end. */
  drawPane(context, pane, picture, from, width, side) {
    context.save();
    context.beginPath();
    context.rect(from, pane.y, width, pane.height);
    context.clip();
    const x = (col) => pane.x + pane.width / 2 + (col - this.view.col) * this.view.zoom;
    const y = (row) => pane.y + pane.height / 2 + (row - this.view.row) * this.view.zoom;
    const [row, col, rows, cols] = picture.part, source = picture.source();
    // Pixels stay sharp when enlarged; when made smaller, all of them count.
    context.imageSmoothingEnabled = (source.naturalWidth || source.width) > cols * this.view.zoom * this.dense;
    context.fillStyle = NO_DATA;
    context.fillRect(x(col), y(row), cols * this.view.zoom, rows * this.view.zoom);
    if (source.complete !== false) context.drawImage(source, x(col), y(row), cols * this.view.zoom, rows * this.view.zoom);
    if (this.pixel) this.drawPixel(context, x(this.pixel.col), y(this.pixel.row));
    context.restore();
    this.drawCaption(context, pane, picture.caption, from, width, side);
  }

  /** Dark and light, to be seen on any picture. */
  drawPixel(context, x, y) {
    const size = Math.max(this.view.zoom, 7), shift = (this.view.zoom - size) / 2;
    for (const [colour, width] of [["#000", 3], ["#fff", 1.25]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.strokeRect(x + shift, y + shift, size, size);
    }
  }

  drawCaption(context, pane, caption, from, width, side) {
    context.save();
    context.beginPath();
    context.rect(from, pane.y - LABEL_HEIGHT, width, LABEL_HEIGHT);
    context.clip();
    context.font = "13px system-ui, sans-serif";
    context.fillStyle = this.colours.getPropertyValue("--strong");
    context.textBaseline = "middle";
    context.textAlign = side;
    context.fillText(caption, side === "left" ? from + 2 : from + width - 2, pane.y - LABEL_HEIGHT / 2);
    context.restore();
  }
}
