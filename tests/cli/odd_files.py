"""Files as other programs write them, and as they get spoilt: what tests/cli/test_odd_files.py feeds to the program.

Each maker writes one image into a folder and gives its name. NumPy, h5py and GDAL's module where a format needs them.
"""
import struct

import numpy as np

ROWS, COLS, BANDS = 12, 10, 6
NM = [450.0, 550.0, 650.0, 850.0, 1600.0, 2200.0]


def scene(rows=ROWS, cols=COLS, bands=BANDS):
    """Whole numbers from 500 to 8000, smooth along spectra and rough over the ground."""
    r, c, b = np.ogrid[:rows, :cols, :bands]
    return (4000 + 3000 * np.sin(b * 3 / bands) + 37 * (r * 7 + c * 3) % 211 + b * (r % 3)).astype("<i2")


IMAGE = scene()
TYPES = {"u1": 1, "i2": 2, "i4": 3, "f4": 4, "f8": 5, "c8": 6, "u2": 12, "u4": 13, "i8": 14, "u8": 15}
ORDERS = {"bsq": (2, 0, 1), "bil": (0, 2, 1), "bip": (0, 1, 2)}


def braces(numbers):
    return "{" + ", ".join(map(str, numbers)) + "}"


def gaps(image, *places, fill=-9999, bands=slice(None)):
    """A copy with a fill value in these pixels."""
    image = image.copy()
    for row, col in places:
        image[row, col, bands] = fill
    return image


def with_nan(image, *places):
    return gaps(image.astype("f4"), *places, fill=np.nan)


def envi(folder, image=IMAGE, more="", interleave="bsq", name="scene", data=None, header=".hdr", ending=".img", edit=None):
    rows, cols, bands = image.shape
    big = image.dtype.byteorder == ">"
    text = (f"ENVI\nsamples = {cols}\nlines = {rows}\nbands = {bands}\nheader offset = 0\nfile type = ENVI Standard\n"
            f"data type = {TYPES[image.dtype.str[1:]]}\ninterleave = {interleave}\nbyte order = {int(big)}\n{more}")
    (folder / (name + header)).write_bytes((edit(text) if edit else text).encode("latin-1"))
    values = image.transpose(ORDERS[interleave]).tobytes()
    (folder / (name + ending)).write_bytes(data(values) if data else values)
    return name + header


def npy(folder, image=IMAGE, save=True, cut=0, more=b"", allow_pickle=False):
    np.save(folder / "scene.npy", image, allow_pickle=allow_pickle)
    whole = (folder / "scene.npy").read_bytes()
    (folder / "scene.npy").write_bytes(whole[:len(whole) - cut] + more)
    return "scene.npy"


def hdf5(folder, image=IMAGE, attributes={}, nm=None, root={}, more=None, name="scene.h5", **options):
    import h5py
    with h5py.File(folder / name, "w") as file:
        cube = file.create_dataset("cube", data=image, **options)
        for key, value in attributes.items():
            cube.attrs[key] = value
        for key, value in root.items():
            file.attrs[key] = value
        if nm is not None:
            file["wavelength_nm"] = nm
        if more:
            more(file)
    return name


def tiff(folder, image=IMAGE, nodata=None, bands={}, mask=None, alpha=None, place=None, options=(), sidecar=False, cut=0,
         metadata=None, name="scene.tif", **per_band):
    """`bands`: what is said of single ones, GDAL's setters by name; `per_band` the same for each band in turn."""
    from osgeo import gdal
    gdal.UseExceptions()
    rows, cols, count = image.shape
    kind = {"i2": gdal.GDT_Int16, "u2": gdal.GDT_UInt16, "u1": gdal.GDT_Byte, "f4": gdal.GDT_Float32, "i4": gdal.GDT_Int32,
            "f8": gdal.GDT_Float64, "c8": gdal.GDT_CFloat32}[image.dtype.str[1:]]
    raster = gdal.GetDriverByName("GTiff").Create(str(folder / name), cols, rows, count + (alpha is not None), kind, list(options))
    if place:
        raster.SetGeoTransform(place)
    for item, value in (metadata or {}).items():
        raster.SetMetadata(value, item)
    for b in range(count):
        band = raster.GetRasterBand(b + 1)
        if nodata is not None:
            band.SetNoDataValue(nodata)
        for setter, values in per_band.items():
            getattr(band, setter)(*(values[b] if isinstance(values[b], tuple) else (values[b],)))
        band.WriteArray(image[..., b])
    if alpha is not None:
        band = raster.GetRasterBand(count + 1)
        band.SetColorInterpretation(gdal.GCI_AlphaBand)
        band.WriteArray(alpha)
    if mask is not None:
        with_option = gdal.config_options if hasattr(gdal, "config_options") else None
        gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "NO" if sidecar else "YES")
        raster.CreateMaskBand(gdal.GMF_PER_DATASET)
        raster.GetRasterBand(1).GetMaskBand().WriteArray(mask)
        gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", None)
    raster = band = None
    if cut:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:cut])
    return name


def vrt_with_masks(folder, image, masks):
    """A file of GDAL whose bands have masks of their own."""
    tiff(folder, image, name="values.tif")
    tiff(folder, masks, name="masks.tif")
    rows, cols, count = image.shape
    def source(file, band):
        return f"<SimpleSource><SourceFilename relativeToVRT='1'>{file}</SourceFilename><SourceBand>{band}</SourceBand></SimpleSource>"
    bands = "".join(
        f"<VRTRasterBand dataType='Int16' band='{b}'>{source('values.tif', b)}<MaskBand><VRTRasterBand dataType='Byte'>"
        f"{source('masks.tif', b)}</VRTRasterBand></MaskBand></VRTRasterBand>" for b in range(1, count + 1))
    (folder / "scene.vrt").write_text(f"<VRTDataset rasterXSize='{cols}' rasterYSize='{rows}'>{bands}</VRTDataset>")
    return "scene.vrt"


def _element(kind, content):
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)


def _variable(name, values):
    """A variable of a MATLAB file: doubles, or a text."""
    if isinstance(values, str):
        kind, dims, of, content = 4, (1, len(values)), 4, values.encode("utf-16-le")
    else:
        values = np.atleast_2d(np.asarray(values, "<f8"))
        kind, dims, of, content = 6, values.shape, 9, values.tobytes("F")
    return _element(14, _element(6, struct.pack("<II", kind, 0)) + _element(5, struct.pack(f"<{len(dims)}i", *dims)) +
                    _element(1, name.encode()) + _element(of, content))


def matlab(folder, cut=0, **variables):
    head = b"MATLAB 5.0 MAT-file, written by hand".ljust(124) + b"\x00\x01IM"
    content = head + b"".join(_variable(name, values) for name, values in variables.items())
    (folder / "scene.mat").write_bytes(content[:len(content) - cut])
    return "scene.mat"
