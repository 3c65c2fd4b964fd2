#!/usr/bin/env python3
"""The imaging floor once more in NumPy, from the definitions alone, and the golden numbers of its tests.

usage: golden.py            prints the numbers that test_degrade.cpp, test_upsample.cpp, test_psf.cpp, test_srf.cpp and
                            test_metrics.cpp compare with
Needs python3-numpy. Everything is in double precision; images are (rows, cols, bands).
"""
import numpy as np

PAD = {"symmetric": "symmetric", "replicate": "edge", "circular": "wrap"}
LANDSAT7 = [(441, 514), (519, 601), (631, 692), (772, 898), (1547, 1749), (2064, 2345)]


def image(rows, cols, bands, salt=0):
    """Sixteenths below 6.4 without a pattern that a wrong index would leave in place."""
    r, c, b = np.meshgrid(np.arange(rows), np.arange(cols), np.arange(bands), indexing="ij")
    return ((7 * r * r + 13 * c + 29 * b + 3 * r * c + 5 * b * c + salt) % 101 + 1) / 16.0


def gaussian_psf(ratio, fwhm):
    size = 2 * ratio - ratio % 2
    d = np.arange(size) - (size - 1) / 2
    psf = np.exp(-4 * np.log(2) * (d[:, None] ** 2 + d[None, :] ** 2) / fwhm**2)
    return psf / psf.sum()


def degrade_spatially(x, psf, ratio, boundary):
    """Every coarse pixel: the PSF, centred on its ratio x ratio block, times what lies under it."""
    size = len(psf)
    over = (size - ratio) // 2
    assert (size - ratio) % 2 == 0
    pad = max(over, 0)
    padded = np.pad(x, ((pad, pad), (pad, pad), (0, 0)), mode=PAD[boundary])
    rows, cols = x.shape[0] // ratio, x.shape[1] // ratio
    out = np.zeros((rows, cols, x.shape[2]))
    for i in range(rows):
        for j in range(cols):
            top, left = i * ratio - over + pad, j * ratio - over + pad
            out[i, j] = np.einsum("uv,uvb->b", psf, padded[top : top + size, left : left + size])
    return out


def box_srf(wavelength_nm, edges):
    rows = np.array([(wavelength_nm >= low) & (wavelength_nm <= high) for low, high in edges], float)
    return rows / rows.sum(1, keepdims=True)


def super_gaussian_srf(wavelength_nm, edges):
    rows = np.array([np.exp(-np.log(2) * (2 * (wavelength_nm - (a + b) / 2) / (b - a)) ** 6) for a, b in edges])
    return rows / rows.sum(1, keepdims=True)


def measured_srf(wavelength_nm, table_nm, responses):
    rows = np.array([np.interp(wavelength_nm, table_nm, r, left=0, right=0) for r in responses]).clip(min=0)
    return rows / rows.sum(1, keepdims=True)


def keys(t):
    """Keys 1981, eq. 15, for any distance."""
    t = np.abs(t)
    near = 1.5 * t**3 - 2.5 * t**2 + 1
    far = -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
    return np.where(t <= 1, near, np.where(t < 2, far, 0))


def cubic_matrix(extent, ratio):
    """(extent * ratio, extent): fine position f lies at (f + 1/2) / ratio - 1/2, edges replicated."""
    matrix = np.zeros((extent * ratio, extent))
    for f in range(extent * ratio):
        position = (f + 0.5) / ratio - 0.5
        for i in range(-3, extent + 3):
            matrix[f, min(max(i, 0), extent - 1)] += keys(position - i)
    return matrix


def upsample_cubic(x, ratio):
    down, across = cubic_matrix(x.shape[0], ratio), cubic_matrix(x.shape[1], ratio)
    return np.einsum("fi,gj,ijb->fgb", down, across, x)


def shift(x, amount, boundary):
    """The image at positions moved by `amount` fine pixels, Keys cubic."""
    pad = 4
    padded = np.pad(x, ((pad, pad), (pad, pad), (0, 0)), mode=PAD[boundary])
    for axis in (0, 1):
        n = x.shape[axis]
        matrix = keys(np.arange(n)[:, None] + amount[axis] + pad - np.arange(n + 2 * pad)[None, :])
        padded = np.moveaxis(np.tensordot(matrix, padded, (1, axis)), 0, axis)
    return padded


def noise_deviation(x, snr_db):
    return np.sqrt((x**2).mean((0, 1)) / 10 ** (snr_db / 10))


def metrics(reference, fused, ratio):
    bands = reference.shape[-1]
    x, y = reference.reshape(-1, bands), fused.reshape(-1, bands)
    mse = ((x - y) ** 2).mean(0)
    cosine = (x * y).sum(1) / np.sqrt((x**2).sum(1) * (y**2).sum(1))
    return {
        "psnr_db": np.mean(10 * np.log10(x.max(0) ** 2 / mse)),
        "psnr_global_db": 10 * np.log10(x.max() ** 2 / mse.mean()),
        "psnr_unit_db": np.mean(10 * np.log10((x.max(0) - x.min(0)) ** 2 / mse)),
        "sam_deg": np.degrees(np.arccos(np.clip(cosine, -1, 1))).mean(),
        "ergas": 100 / ratio * np.sqrt(np.mean(mse / x.mean(0) ** 2)),
        "rmse": np.sqrt(mse.mean()),
        "cc": np.mean([np.corrcoef(x[:, b], y[:, b])[0, 1] for b in range(bands)]),
    }


def digest(x):
    """First and last value, and a sum whose weights tell positions apart: what the tests compare."""
    flat = np.asarray(x, float).ravel()
    weight = (np.arange(flat.size) * 7) % 13 + 1
    return "{%.10g, %.10g, %.10g}" % (flat[0], flat[-1], (flat * weight).sum())


def main():
    for ratio, fwhm in ((2, 2), (3, 3), (4, 4), (5, 3.5)):
        print(f"psf ratio {ratio} fwhm {fwhm}:", digest(gaussian_psf(ratio, fwhm)))
    for ratio, shape in ((2, (4, 6, 3)), (3, (3, 9, 7)), (4, (4, 8, 5)), (5, (10, 5, 1))):
        for boundary in PAD:
            out = degrade_spatially(image(*shape), gaussian_psf(ratio, ratio), ratio, boundary)
            print(f"degrade ratio {ratio} {boundary}:", digest(out))
    lopsided = np.arange(1.0, 17.0).reshape(4, 4)
    print("degrade lopsided kernel:",
          digest(degrade_spatially(image(4, 6, 3), lopsided / lopsided.sum(), 2, "symmetric")))
    for ratio, shape in ((2, (3, 5, 7)), (3, (3, 5, 7)), (4, (2, 3, 1)), (5, (1, 2, 3))):
        print(f"upsample ratio {ratio}:", digest(upsample_cubic(image(*shape), ratio)))
    for boundary in PAD:
        print(f"shift 0.3 -1.25 {boundary}:", digest(shift(image(3, 6, 7), (0.3, -1.25), boundary)))
    wavelength = np.arange(400, 2501, 20.0)
    print("srf box:", digest(box_srf(wavelength, LANDSAT7)))
    print("srf gaussian:", digest(super_gaussian_srf(wavelength, LANDSAT7)))
    table = np.array([[0.0, 0.5, 1.0, -0.25], [1.0, 0.0, 0.25, 0.5]])
    print("srf measured:", digest(measured_srf(wavelength, np.array([450.0, 505.0, 630.0, 700.0]), table)))
    print("spectral:", digest(image(3, 5, 106) @ box_srf(wavelength, LANDSAT7).T))
    print("noise deviation:", digest(noise_deviation(image(3, 5, 7), 20)))
    for key, value in metrics(image(3, 5, 7), image(3, 5, 7) + 0.25 * image(3, 5, 7, 50), 4).items():
        print(f"{key}: {value:.10g}")


if __name__ == "__main__":
    main()
