// The copy of the cubes: see include/specfuse/report/cube_copy.h for how it is stored.

const STEPS = 254;

/** Runs the file that holds the copy, where the page does not. */
function loadFile(name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = name;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${name} is not beside this page`));
    document.head.append(script);
  });
}

/** Unpacks a part of an image to its place in `codes`, and returns where it ends. */
async function inflate(base64, codes, begin) {
  const text = atob(base64), packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) packed[i] = text.charCodeAt(i);
  const stream = new DecompressionStream("deflate"), writer = stream.writable.getWriter();
  const written = writer.write(packed).then(() => writer.close());
  const reader = stream.readable.getReader(); // in half the time that a Response takes
  let end = begin;
  for (;;) {
    const {done, value} = await reader.read();
    if (done) break;
    if (end + value.length > codes.length) throw new Error("the copy of the values is of another run");
    codes.set(value, end);
    end += value.length;
  }
  await written;
  return end;
}

/** The codes [bands, rows, cols] of an image. */
async function unpacked(image, parts) {
  const pixels = image.rows * image.cols, codes = new Uint8Array(pixels * specfuseScene.bands);
  let end = 0;
  for (const part of parts) end = await inflate(part, codes, end);
  if (end !== codes.length) throw new Error("the copy of the values is of another run");
  for (let i = pixels; i < codes.length; ++i) codes[i] += codes[i - pixels];
  return codes;
}

/** Gives each image of the scene its `codes`; `progress` is told how many of how many are there. */
async function loadCubes(progress) {
  if (typeof DecompressionStream === "undefined") throw new Error("this browser cannot unpack the values");
  if (typeof specfuseCubes === "undefined") await loadFile(specfuseScene.file);
  const images = specfuseScene.images;
  for (let i = 0; i < images.length; ++i) {
    progress(i, images.length);
    images[i].codes = await unpacked(images[i], specfuseCubes[i]);
    specfuseCubes[i] = null; // as text it is not needed any more
  }
}

/** The value of a code, NaN where there is no data. */
function valueOf(code, band) {
  return code === 0 ? NaN : specfuseScene.low[band] + (code - 1) * specfuseScene.stepSize[band];
}

/** The spectrum of an image at a fine pixel. */
function spectrumAt(image, row, col) {
  const place = Math.floor(row / image.scale) * image.cols + Math.floor(col / image.scale);
  const pixels = image.rows * image.cols, values = [];
  for (let band = 0; band < specfuseScene.bands; ++band) values.push(valueOf(image.codes[band * pixels + place], band));
  return values;
}

/** The codes of a band of an image. */
function planeOf(image, band) {
  const pixels = image.rows * image.cols;
  return image.codes.subarray(band * pixels, (band + 1) * pixels);
}

/** The image whose values all others are to come close to: the reference, or the HSI where there is none. */
function truth() {
  return specfuseScene.images[specfuseScene.hasReference ? 1 : 0];
}

/** The 2nd and the 98th percentile of a band of it, as codes. */
function stretchOf(band) {
  const counts = new Array(STEPS + 2).fill(0);
  for (const code of planeOf(truth(), band)) ++counts[code];
  const total = truth().rows * truth().cols - counts[0];
  const percentile = (share) => {
    let code = 0, below = 0;
    while (code <= STEPS && below <= share * (total - 1)) below += counts[++code];
    return code;
  };
  const low = percentile(0.02), high = percentile(0.98);
  return [low, Math.max(high, low + 1)];
}

/** A band of an image in grey, as a canvas with a pixel for each; transparent where there is no data. */
function bandPicture(image, band) {
  const [low, high] = stretchOf(band);
  const shades = Uint32Array.from({length: STEPS + 2}, (_, code) => {
    const shade = Math.round(255 * Math.min(1, Math.max(0, (code - low) / (high - low))));
    return code === 0 ? 0 : 0xff000000 + 0x010101 * shade;
  });
  const canvas = document.createElement("canvas");
  canvas.width = image.cols;
  canvas.height = image.rows;
  const pixels = new ImageData(image.cols, image.rows), words = new Uint32Array(pixels.data.buffer);
  const plane = planeOf(image, band);
  for (let i = 0; i < plane.length; ++i) words[i] = shades[plane[i]];
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}
