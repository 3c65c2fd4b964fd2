"""A pair of products made of one scene that is known, for tests of --fuse: EnMAP-like and Sentinel-2-like GeoTIFFs."""
import importlib.util
import unittest

from program import ProgramTest

HAS_ALL = all(importlib.util.find_spec(package) for package in ("h5py", "numpy", "osgeo"))
if HAS_ALL:
    import numpy as np
    from osgeo import gdal, osr
    gdal.UseExceptions()

RATIO, SIDE, BANDS, FILL = 3, 20, 60, -32768
X, Y = 350000, 5830000
EDGES = {"B2": (459.4, 525.4), "B3": (541.8, 577.8), "B4": (649.1, 680.1), "B8": (779.8, 885.8)}
QUICK = ("--method", "linear_injection")


def psnr(image, truth):
    return 10 * np.log10(truth.max() ** 2 / ((image - truth) ** 2).mean())


def truth():
    """Reflectance of parcels of three materials with texture, [rows, cols, bands] of 10 m, and its wavelengths."""
    rng = np.random.default_rng(3)
    nm = np.linspace(430, 2400, BANDS)
    parcels = np.kron(rng.dirichlet([0.4] * 3, (10, 10)), np.ones((6, 6, 1)))
    texture = 1 + 0.1 * np.kron(rng.standard_normal((30, 30)), np.ones((2, 2)))
    spectra = np.stack([0.05 + 0.25 / (1 + np.exp((720 - nm) / 20)), 0.1 + nm / 12000, 0.25 - 0.1 * np.cos(nm / 300)])
    return (parcels @ spectra) * texture[..., None] + rng.normal(0, 0.0005, (60, 60, BANDS)), nm


def tiff(path, image, metres=10, corner=(X, Y), code=32633, nodata=None, names=None, nm=None, scale=None, alpha=False,
         turned=0, high=None):
    rows, cols, bands = image.shape
    kind = {"i2": gdal.GDT_Int16, "u2": gdal.GDT_UInt16, "u1": gdal.GDT_Byte, "f4": gdal.GDT_Float32, "c8": gdal.GDT_CFloat32}
    raster = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, bands, kind[image.dtype.str[1:]])
    if code:
        raster.SetGeoTransform([corner[0], metres, turned, corner[1], -turned, -(high or metres)])
        system = osr.SpatialReference()
        system.ImportFromEPSG(code)
        raster.SetProjection(system.ExportToWkt())
    for b in range(bands):
        band = raster.GetRasterBand(b + 1)
        band.WriteArray(image[..., b])
        if nodata is not None:
            band.SetNoDataValue(nodata)
        if names:
            band.SetDescription(names[b])
        if nm is not None:
            band.SetMetadataItem("wavelength", str(nm[b]))
            band.SetMetadataItem("wavelength_units", "Nanometers")
        if scale:
            band.SetScale(scale)
    if alpha:
        raster.GetRasterBand(bands).SetColorInterpretation(gdal.GCI_AlphaBand)


@unittest.skipUnless(HAS_ALL, "needs NumPy, h5py and GDAL's module for Python")
class FusePairTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.scene, cls.nm = truth()
        coarse = cls.scene.reshape(SIDE, RATIO, SIDE, RATIO, BANDS).mean((1, 3))
        cls.coarse = (1e4 * coarse).round().astype("i2")
        seen = [cls.scene[..., (cls.nm >= low) & (cls.nm <= high)].mean(2) for low, high in EDGES.values()]
        cls.seen = np.stack(seen, 2)
        cls.fine = (1e4 * cls.seen + 1000).round().astype("u2")

    def setUp(self):
        super().setUp()
        self.hsi("hsi.tif")
        self.msi("S2B_10m.tif")
        if "built without" in self.run_program("--import", "hsi.tif", "probe.h5").stderr:
            self.skipTest("built without GDAL")

    def hsi(self, name, image=None, metres=30, nodata=FILL, **more):
        image = self.coarse if image is None else image
        tiff(self.folder / name, image, metres, nodata=nodata, nm=self.nm, scale=1e-4 if image.dtype == "i2" else None, **more)

    def msi(self, name, image=None, metres=10, **more):
        tiff(self.folder / name, self.fine if image is None else image, metres, **more)

    def fuse(self, hsi="hsi.tif", msi="S2B_10m.tif", *more, out="made/fused.tif"):
        run = self.run_program("--fuse", hsi, msi, "--out", out, *more)
        self.assertEqual((run.returncode, run.stderr.count("error")), (0, 0), run.stderr)
        return run.stdout

    def decided(self, text, what):
        """The row of the table, 80 characters wide, on one line."""
        lines = text.splitlines()
        first = next(i for i, line in enumerate(lines) if line.startswith(what.ljust(12)))
        row = [lines[first]]
        for line in lines[first + 1:]:
            if not line.startswith(" " * 12):
                break
            row.append(line)
        return " ".join(" ".join(line[begin:end].strip() for begin, end in ((14, 40), (40, None)) for line in row).split())

    def opened(self, path):
        raster = gdal.Open(str(self.folder / path))
        return raster, raster.ReadAsArray().reshape(raster.RasterCount, raster.RasterYSize, -1).transpose(1, 2, 0)
