// The window that opens on a click on a picture of the page.

class Viewer {
  constructor() {
    this.dialog = document.createElement("dialog");
    this.dialog.className = "viewer";
    this.dialog.setAttribute("aria-label", "Images and spectra");
    this.dialog.innerHTML = WINDOW;
    document.body.append(this.dialog);
    this.find = (selector) => this.dialog.querySelector(selector);
    this.sets = [...document.querySelectorAll(".figures .pictures")].map((grid) => this.setOf(grid));
    Object.assign(this, {set: this.sets[0], mode: "swipe", left: 0, right: 1, band: 0, pinned: false, loaded: null});
    this.stage = new Stage(this.find("canvas"), () => this.shown());
    this.spectra = new Spectra(this.find(".spectra"), this.find("table"), (band) => this.chooseBand(band));
    this.listen();
  }

  /** The pictures of a group of the page. */
  setOf(grid) {
    const whole = [0, 0, specfuseScene.rows, specfuseScene.cols], section = grid.closest("section");
    const pictures = [...grid.querySelectorAll("img")].map((small) => {
      const part = small.dataset.name.startsWith("detail_") ? specfuseScene.detail : whole;
      const large = new Image(); // those of the page are small; where it is alone, they have to do
      const source = () => (large.complete && large.naturalWidth ? large : small);
      return {caption: small.alt, part, small, large, source};
    });
    return {title: section.querySelector("h2").textContent, bar: section.querySelector("svg.bar"), pictures};
  }

  /** What the values of the copy bring: one band of each image. */
  addBands() {
    const pictures = specfuseScene.images.map((image) => {
      let drawn = -1, canvas = null;
      const source = () => {
        if (drawn !== this.band) canvas = bandPicture(image, drawn = this.band);
        return canvas;
      };
      return {caption: image.label, part: [0, 0, image.rows * image.scale, image.cols * image.scale], source};
    });
    this.bands = {title: "One band", bar: null, pictures};
    this.sets.push(this.bands);
    this.find("[name=set]").append(new Option(this.bands.title));
  }

  listen() {
    const {dialog, stage, find} = this, hint = document.createElement("p");
    Object.assign(hint, {className: "hint faint",
      textContent: "Click on a picture to compare it with others and to read the spectra under the pointer."});
    document.querySelector(".pictures").before(hint);
    this.sets.forEach((set) => {
      find("[name=set]").append(new Option(set.title));
      set.pictures.forEach((picture, i) => this.invite(set, picture.small, i));
    });
    for (const name of ["left", "right"]) {
      find(`[name=${name}]`).addEventListener("change", (event) => this.choose({[name]: event.target.selectedIndex}));
    }
    find("[name=set]").addEventListener("change", (event) => this.chooseSet(this.sets[event.target.selectedIndex]));
    dialog.addEventListener("change", (event) => {
      if (event.target.type === "radio") this.choose({mode: event.target.value});
    });
    find("[name=in]").addEventListener("click", () => stage.zoom(1.5));
    find("[name=out]").addEventListener("click", () => stage.zoom(1 / 1.5));
    find("[name=fit]").addEventListener("click", () => this.fit());
    find("[name=close]").addEventListener("click", () => dialog.close());
    find("[name=unpin]").addEventListener("click", () => this.pin(false));
    find("[name=band]").addEventListener("input", (event) => this.chooseBand(Number(event.target.value)));
    dialog.addEventListener("close", () => document.documentElement.classList.remove("viewing"));
    dialog.addEventListener("keydown", (event) => this.press(event));
    listenToDivider(find(".divider"), stage, () => this.update());
    listenToPointers(find(".stage"), stage, {
      hover: (x, y) => this.pinned || this.point(stage.placeAt(x, y)),
      click: (x, y) => this.point(stage.placeAt(x, y), true),
    });
  }

  /** Makes a picture of the page open the window. */
  invite(set, image, i) {
    Object.assign(image, {tabIndex: 0, title: "Enlarge and compare"});
    image.parentElement.classList.add("opens");
    image.setAttribute("role", "button");
    const open = () => this.open(set, i);
    image.addEventListener("click", open);
    image.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
  }

  open(set, i) {
    this.dialog.showModal();
    document.documentElement.classList.add("viewing");
    this.find(".stage").focus();
    this.chooseSet(set, i);
    if (!this.loaded) this.loaded = this.load();
  }

  async load() {
    const state = this.find(".state");
    try {
      await loadCubes((i, count) => { state.textContent = `Unpacking the values: ${i} of ${count} images \u2026`; });
    } catch (problem) {
      state.textContent = `Without spectra and single bands: ${problem.message}.`;
      return;
    }
    state.textContent = "";
    this.find(".values").hidden = false;
    this.find("[name=band]").max = specfuseScene.bands - 1;
    this.find(".precision").textContent = precisionText();
    this.addBands();
    this.band = Math.floor(specfuseScene.bands / 2);
    this.ready = true;
    const {rows, cols} = specfuseScene;
    if (!this.stage.pixel) this.point({row: rows / 2, col: cols / 2});
    this.update();
  }

  /** Another set of images, where it has them of the same ones as before. */
  chooseSet(set, left) {
    const same = (picture) => set.pictures.findIndex((other) => nameOf(other) === nameOf(picture));
    const before = [this.set.pictures[this.left], this.set.pictures[this.right]].map(same);
    const last = set.pictures.length - 1;
    this.left = left === undefined ? Math.max(before[0], 0) : left;
    const truthful = set.pictures.findIndex((picture) => nameOf(picture) === "reference");
    this.right = [this.begun ? before[1] : -1, truthful, last, 0].find((i) => i >= 0 && i !== this.left) || 0;
    this.begun = true;
    this.set = set;
    for (const picture of set.pictures) {
      if (picture.large && !picture.large.src) this.enlarge(picture);
    }
    for (const name of ["left", "right"]) {
      this.find(`[name=${name}]`).replaceChildren(...set.pictures.map((picture) => new Option(picture.caption)));
    }
    this.find(".bar-place").replaceChildren(...(set.bar ? [set.bar.cloneNode(true)] : []));
    if (left !== undefined) this.stage.fitted = true;
    this.refit();
  }

  enlarge(picture) {
    picture.large.onload = () => this.stage.draw();
    picture.large.src = `figures/${picture.small.dataset.name}.png`;
  }

  choose(changes) {
    Object.assign(this, changes);
    this.refit();
  }

  chooseBand(band) {
    this.band = Math.min(specfuseScene.bands - 1, Math.max(0, band));
    if (this.set === this.bands) this.update();
    else this.chooseSet(this.bands);
  }

  fit() {
    this.stage.fit(this.set.pictures[this.left].part);
    this.update();
  }

  refit() {
    if (this.stage.fitted && this.stage.width) this.fit();
    else this.update();
  }

  shown() {
    const {pictures} = this.set;
    if (this.mode === "all") return {pictures, swipe: false};
    const swipe = this.mode === "swipe" && pictures.length > 1;
    return {pictures: swipe ? [pictures[this.left], pictures[this.right]] : [pictures[this.left]], swipe};
  }

  /** The spectra are now of the pixel at a place; with `pin` they stay there. */
  point(place, pin = false) {
    const {rows, cols} = specfuseScene;
    if (!place || place.row < 0 || place.col < 0 || place.row >= rows || place.col >= cols) return;
    this.stage.pixel = {row: Math.floor(place.row), col: Math.floor(place.col)};
    this.pin(pin || this.pinned);
  }

  pin(pinned) {
    this.pinned = pinned;
    this.update();
  }

  /** Brings everything on the window in line with what is chosen. */
  update() {
    const {find, stage} = this, swiping = this.shown().swipe, divider = find(".divider");
    find("[name=set]").selectedIndex = this.sets.indexOf(this.set);
    find("[name=left]").selectedIndex = this.left;
    find("[name=right]").selectedIndex = this.right;
    find(`[value=${this.mode}]`).checked = true;
    find(".left").hidden = this.mode === "all";
    find(".left span").textContent = swiping ? "Left" : "Image";
    find(".right").hidden = divider.hidden = !swiping;
    divider.style.left = `${100 * stage.divider}%`;
    divider.setAttribute("aria-valuenow", Math.round(100 * stage.divider));
    stage.draw();
    if (this.ready) this.showValues();
  }

  showValues() {
    const {find, band} = this, {row, col} = this.stage.pixel, [top, left] = specfuseScene.origin;
    find("[name=band]").value = band;
    find(".band output").textContent = bandName(band);
    find(".pixel output").textContent = `Row ${top + row}, col ${left + col}${this.pinned ? ", held" : ""}`;
    find("[name=unpin]").hidden = !this.pinned;
    this.spectra.show(specfuseScene.images.map((image) => ({label: image.label, values: spectrumAt(image, row, col)})), band);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrows = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]};
    const typed = event.target.matches("select, input");
    const count = this.set.pictures.length;
    const actions = {
      "+": () => this.stage.zoom(1.5),
      "=": () => this.stage.zoom(1.5),
      "-": () => this.stage.zoom(1 / 1.5),
      "0": () => this.fit(),
      "n": () => this.choose({left: (this.left + 1) % count}),
      "p": () => this.choose({left: (this.left + count - 1) % count}),
      ",": () => this.ready && this.chooseBand(this.band - 1),
      ".": () => this.ready && this.chooseBand(this.band + 1),
    };
    if (arrows[event.key] && !typed) this.arrow(arrows[event.key], event.shiftKey);
    else if (actions[event.key] && !event.target.matches("select")) actions[event.key]();
    else return;
    event.preventDefault();
  }

  arrow([rows, cols], pans) {
    if (pans) return this.stage.pan(-40 * cols, -40 * rows);
    const {pixel} = this.stage;
    if (!pixel) return undefined;
    this.point({row: pixel.row + rows, col: pixel.col + cols}, true);
    this.stage.follow();
    return this.update();
  }
}

/** Of whom a picture is: its caption without the size, and what else follows. */
const nameOf = (picture) => (picture ? picture.caption.split(", ")[0] : "");

/** How true the values are. */
function precisionText() {
  const {images, hasReference, step} = specfuseScene;
  let text = `8 bits a value: within 0.25 % of the range of the ${hasReference ? "reference" : "HSI input"} in each band.`;
  for (const {label, outside, rows, cols} of images) {
    if (outside === 0) continue;
    const share = Number((100 * outside / (rows * cols * specfuseScene.bands)).toPrecision(2));
    text += ` Of ${label}, ${share} % of the values are further out than is shown here.`;
  }
  if (step > 1) text += ` Of every ${step} x ${step} pixels the first is kept.`;
  return text;
}

if (document.querySelector(".figures .pictures img") && window.HTMLDialogElement) {
  const viewer = new Viewer();
  /** For tests: what is shown now. */
  window.specfuseViewer = () => ({
    open: viewer.dialog.open, ready: Boolean(viewer.ready), set: viewer.set.title, mode: viewer.mode, band: viewer.band,
    captions: viewer.shown().pictures.map((picture) => picture.caption), divider: viewer.stage.divider,
    view: viewer.stage.view, pixel: viewer.stage.pixel, pinned: viewer.pinned, spectra: viewer.spectra.spectra,
  });
  window.specfuseViewer.grey = (i) => bandPicture(specfuseScene.images[i], viewer.band);
}
