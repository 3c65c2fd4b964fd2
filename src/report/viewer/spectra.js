// The chart of the spectra of one pixel, and the list of their values in one band.

const CHART = {width: 420, height: 260, left: 52, right: 8, top: 10, bottom: 38};
const DASHES = ["", "7 4", "2 3"];

const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** The band order of the axis, and whether a gap precedes each: wavelengths need not increase, and some are missing. */
function bandAxis() {
  const {bands, wavelengths} = specfuseScene, known = wavelengths.length === bands;
  const at = (band) => (known ? wavelengths[band] : band + 1);
  const order = Array.from({length: bands}, (_, band) => band).sort((a, b) => at(a) - at(b));
  const first = at(order[0]), last = at(order[bands - 1]), usual = (last - first) / bands;
  const gap = order.map((band, i) => i === 0 || at(band) - at(order[i - 1]) > 4 * usual);
  return {at, order, gap, first, last: last > first ? last : first + 1, label: known ? "wavelength [nm]" : "band"};
}

/** What a band is called. */
function bandName(band) {
  const {bands, wavelengths} = specfuseScene;
  const name = `band ${band + 1} of ${bands}`;
  return wavelengths.length === bands ? `${Math.round(wavelengths[band])} nm, ${name}` : name;
}

/** A number with as many digits as the step of a band deserves. */
function numberText(value, step) {
  if (Number.isNaN(value)) return "no data";
  const digits = Math.max(0, 1 - Math.floor(Math.log10(step)));
  if (digits > 6) return value.toExponential(2);
  return value.toFixed(digits).replace("-", "\u2212");
}

/** A value of the copy; those at the ends of its range may be further out. */
function valueText(value, band) {
  const end = value === valueOf(1, band) ? "\u2264 " : value === valueOf(STEPS + 1, band) ? "\u2265 " : "";
  return end + numberText(value, specfuseScene.stepSize[band]);
}

function roundTicks(low, high, count) {
  const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw * 0.7);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-12) + 1e-300; ++i) ticks.push(i * step);
  return {ticks, step};
}

/** Colour and dashes of an image: as in the charts of the page, and the HSI beside a reference pale. */
function seriesStyle(index) {
  const results = specfuseScene.hasReference ? 2 : 1;
  if (index === results - 1) return {colour: "var(--ink)", dash: "", width: 2.4};
  if (index < results) return {colour: "var(--faint)", dash: "1 3", width: 1.6};
  const place = index - results;
  return {colour: `var(--series-${place % 8})`, dash: DASHES[Math.floor(place / 8) % DASHES.length], width: 1.6};
}

class Spectra {
  /** Draws into `chart` and `list`; `choose(band)` is called for a band that is clicked. */
  constructor(chart, list, choose) {
    Object.assign(this, {chart, list, axis: bandAxis(), spectra: [], band: 0, hovered: null});
    const bandUnder = (event) => {
      const box = chart.getBoundingClientRect(), {left, right, width} = CHART;
      const part = ((event.clientX - box.left) / box.width * width - left) / (width - left - right);
      const at = this.axis.first + part * (this.axis.last - this.axis.first);
      return this.axis.order.reduce((best, band) =>
        (Math.abs(this.axis.at(band) - at) < Math.abs(this.axis.at(best) - at) ? band : best));
    };
    chart.addEventListener("pointermove", (event) => this.hover(bandUnder(event)));
    chart.addEventListener("pointerleave", () => this.hover(null));
    chart.addEventListener("click", (event) => choose(bandUnder(event)));
  }

  /** `spectra`: {label, values} of each image, or none. */
  show(spectra, band) {
    Object.assign(this, {spectra, band});
    this.draw();
  }

  hover(band) {
    this.hovered = band;
    this.draw();
  }

  x(band) {
    const {left, right, width} = CHART, {at, first, last} = this.axis;
    return left + (at(band) - first) / (last - first) * (width - left - right);
  }

  draw() {
    const values = this.spectra.flatMap((spectrum) => spectrum.values).filter((value) => !Number.isNaN(value));
    let low = Math.min(...values), high = Math.max(...values);
    if (values.length === 0) [low, high] = [0, 1];
    if (!(high > low)) [low, high] = [low - 0.5, low + 0.5];
    const {width, height, top, bottom} = CHART;
    const y = (value) => height - bottom - (value - low) / (high - low) * (height - top - bottom);
    const lines = this.spectra.map((spectrum, index) => this.line(spectrum.values, index, y));
    const empty = values.length ? "" : `<text x="${width / 2}" y="${height / 2}" text-anchor="middle">no data here</text>`;
    // The reference last: on top of all others.
    const first = specfuseScene.hasReference ? 1 : 0;
    lines.push(...lines.splice(first, 1));
    this.chart.innerHTML = `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Spectra of the pixel">
      ${this.axes(low, high, y)}${this.marker()}${lines.join("")}${empty}</svg>`;
    this.drawList();
  }

  line(values, index, y) {
    let path = "", broken = true;
    this.axis.order.forEach((band, i) => {
      if (Number.isNaN(values[band])) return void (broken = true);
      path += `${broken || this.axis.gap[i] ? "M" : "L"}${this.x(band).toFixed(1)} ${y(values[band]).toFixed(1)}`;
      broken = false;
    });
    const {colour, dash, width} = seriesStyle(index);
    return `<path d="${path}" fill="none" style="stroke:${colour}" stroke-width="${width}" stroke-dasharray="${dash}"/>`;
  }

  axes(low, high, y) {
    const {width, height, left, right, bottom} = CHART, {first, last} = this.axis;
    const up = roundTicks(low, high, 5), along = roundTicks(first, last, 5);
    const rows = up.ticks.map((tick) => `<path d="M${left} ${y(tick)}H${width - right}" class="grid"/>
      <text x="${left - 6}" y="${y(tick) + 4}" text-anchor="end">${numberText(tick, up.step * 10)}</text>`);
    const columns = along.ticks.map((tick) => {
      const x = left + (tick - first) / (last - first) * (width - left - right);
      return `<text x="${x}" y="${height - bottom + 17}" text-anchor="middle">${Math.round(tick)}</text>`;
    });
    return `${rows.join("")}${columns.join("")}<text x="${(left + width - right) / 2}" y="${height - 4}"
      text-anchor="middle">${this.axis.label}</text>`;
  }

  /** Where the band is whose values are listed. */
  marker() {
    const x = this.x(this.listed()), {height, top, bottom} = CHART;
    return `<path d="M${x} ${top}V${height - bottom}" class="marker"/>`;
  }

  listed() {
    return this.hovered === null ? this.band : this.hovered;
  }

  drawList() {
    const band = this.listed();
    const rows = this.spectra.map((spectrum, index) => {
      const {colour, dash, width} = seriesStyle(index);
      return `<tr><td><svg viewBox="0 0 26 8"><path d="M0 4H26" style="stroke:${colour}" stroke-width="${width}"
        stroke-dasharray="${dash}"/></svg></td><th scope="row">${escaped(spectrum.label)}</th>
        <td>${valueText(spectrum.values[band], band)}</td></tr>`;
    });
    this.list.innerHTML = `<caption>Values, ${bandName(band)}</caption>${rows.join("")}`;
  }
}
