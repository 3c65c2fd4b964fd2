#!/usr/bin/env python3
"""The imaging floor once more in NumPy, from the definitions alone, and the golden numbers of its tests.

usage: golden.py            prints the numbers that the tests of this folder compare with
Needs python3-numpy, and python3-skimage for a second opinion on ssim. Everything is in double precision;
images are (rows, cols, bands).
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
    """The image at positions moved by `amount` fine pixels: a sinc under a Lanczos window of 64 pixels to each side."""
    pad = 70
    padded = np.pad(x, ((pad, pad), (pad, pad), (0, 0)), mode=PAD[boundary])
    for axis in (0, 1):
        n = x.shape[axis]
        away = np.arange(n)[:, None] + amount[axis] + pad - np.arange(n + 2 * pad)[None, :]
        matrix = np.where(np.abs(away) < 64, np.sinc(away) * np.sinc(away / 64), 0)
        matrix /= matrix.sum(1, keepdims=True)
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


def odd_pair():
    """Sides that are no multiple of a window, a pixel of zeros and a constant band."""
    reference, fused = image(37, 45, 6), image(37, 45, 6) + 0.25 * image(37, 45, 6, 50)
    reference[3, 4] = 0
    reference[:, :, 2] = 1.5
    return reference, fused


def varying(reference):
    return [b for b in range(reference.shape[2]) if np.ptp(reference[:, :, b]) > 0]


def ssim(reference, fused):
    """Wang et al. 2004, window after window."""
    d = np.arange(11) - 5
    weight = np.exp(-(d[:, None] ** 2 + d[None, :] ** 2) / (2 * 1.5**2))
    weight /= weight.sum()
    means = []
    for b in varying(reference):
        x, y = reference[:, :, b], fused[:, :, b]
        c1, c2 = (0.01 * np.ptp(x)) ** 2, (0.03 * np.ptp(x)) ** 2
        values = []
        for i in range(x.shape[0] - 10):
            for j in range(x.shape[1] - 10):
                u, v = x[i : i + 11, j : j + 11], y[i : i + 11, j : j + 11]
                mu, mv = (weight * u).sum(), (weight * v).sum()
                variances = (weight * (u - mu) ** 2).sum() + (weight * (v - mv) ** 2).sum()
                covariance = (weight * (u - mu) * (v - mv)).sum()
                values.append((2 * mu * mv + c1) * (2 * covariance + c2)
                              / ((mu**2 + mv**2 + c1) * (variances + c2)))
        means.append(np.mean(values))
    return np.mean(means)


def ssim_skimage(reference, fused):
    """The same by scikit-image, which means over windows that lie inside; None where it is not installed."""
    try:
        from skimage.metrics import structural_similarity
    except ImportError:
        return None
    return np.mean([structural_similarity(reference[:, :, b], fused[:, :, b], data_range=np.ptp(reference[:, :, b]),
                                          gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
                    for b in varying(reference)])


def quality(u, v):
    """Wang and Bovik 2002."""
    mu, mv, spread = u.mean(), v.mean(), u.var() + v.var()
    means = 2 * mu * mv / (mu**2 + mv**2) if mu**2 + mv**2 > 0 else 1
    return means * (2 * ((u - mu) * (v - mv)).mean() / spread if spread > 0 else 1)


def uiqi(reference, fused):
    rows, cols, _ = reference.shape
    return np.mean([np.mean([quality(reference[i : i + 32, j : j + 32, b], fused[i : i + 32, j : j + 32, b])
                             for i in range(rows - 31) for j in range(cols - 31)]) for b in varying(reference)])


def conjugate(z):
    return np.concatenate([z[:1], -z[1:]])


def multiply(z, w):
    """Product of hypercomplex numbers of 2^n components, the recursion of Garzelli and Nencini 2009."""
    if len(z) == 1:
        return z * w
    half = len(z) // 2
    a, b, c, d = z[:half], conjugate(z[half:]), w[:half], conjugate(w[half:])
    return np.concatenate([multiply(a, c) - multiply(d, conjugate(b)), multiply(conjugate(a), d) + multiply(c, b)])


def q2n_block(x, y):
    """x, y: (pixels, components). Numbers are multiplied pixel after pixel, on purpose."""
    x, y, n = x.copy(), y.copy(), len(x)
    for b in range(x.shape[1]):
        mean, deviation = x[:, b].mean(), x[:, b].std(ddof=1)
        deviation = deviation if deviation > 0 else np.finfo(float).eps
        x[:, b] = (x[:, b] - mean) / deviation + 1
        y[:, b] = y[:, b] + 1 if mean == 0 else (y[:, b] - mean) / deviation + 1
    y[:, 1:] *= -1
    mean_x, mean_y = x.mean(0), y.mean(0)
    norms = (mean_x**2).sum(), (mean_y**2).sum()
    bias = 2 * np.sqrt(norms[0] * norms[1]) / sum(norms)
    variances = n / (n - 1) * ((x**2).sum(1).mean() + (y**2).sum(1).mean() - sum(norms))
    if variances == 0:
        return bias
    products = np.mean([multiply(z, w) for z, w in zip(x, y)], 0)
    return np.linalg.norm(n / (n - 1) * (products - multiply(mean_x, mean_y)) * bias * 2 / variances)


def q2n(reference, fused):
    kept = varying(reference)
    rows, cols = reference.shape[:2]
    size = 1 << (len(kept) - 1).bit_length()
    pad = ((0, -rows % 32), (0, -cols % 32), (0, 0))
    x, y = (np.pad(np.pad(z[:, :, kept], pad, mode="symmetric"), ((0, 0), (0, 0), (0, size - len(kept))))
            for z in (reference, fused))
    return np.mean([q2n_block(x[i : i + 32, j : j + 32].reshape(-1, size), y[i : i + 32, j : j + 32].reshape(-1, size))
                    for i in range(0, x.shape[0], 32) for j in range(0, x.shape[1], 32)])


def angles(x, y, axis):
    """Radians between the vectors along `axis`."""
    cosine = (x * y).sum(axis) / (np.linalg.norm(x, axis=axis) * np.linalg.norm(y, axis=axis))
    return np.arccos(np.clip(cosine, -1, 1))


def profiles(x, y, ratio):
    """As include/specfuse/metrics/profiles.h defines them."""
    mse, error = ((x - y) ** 2).mean((0, 1)), ((x - y) ** 2).mean()
    flat = x.reshape(-1, x.shape[2]), y.reshape(-1, x.shape[2])
    relative = np.sqrt(np.mean(mse / x.mean((0, 1)) ** 2))
    ergas_map, uqi_map = [], []
    for i in range(x.shape[0] - 8):
        for j in range(x.shape[1] - 8):
            u, v = x[i : i + 8, j : j + 8], y[i : i + 8, j : j + 8]
            ergas_map.append(100 * ratio * np.sqrt((((u - v) ** 2).mean((0, 1)) / (u.mean((0, 1)) / 64) ** 2).sum()))
            mu, mv = u.mean((0, 1)), v.mean((0, 1))
            squares = mu**2 + mv**2
            uqi_map.append(4 * (64 * (u * v).mean((0, 1)) - mu * mv) * mu * mv
                           / ((64 * ((u**2).mean((0, 1)) + (v**2).mean((0, 1))) - squares) * squares))
    return {
        "matlab_hsms": {"psnr_db": np.mean(10 * np.log10(x.max((0, 1)) ** 2 / mse)),
                        "sam_deg": np.degrees(angles(x, y, 2)).mean(),
                        "ergas": 100 / ratio * np.sqrt(np.mean(mse / y.mean((0, 1)) ** 2)),
                        "q2n": q2n(np.floor(x + 0.5), np.floor(y + 0.5))},
        "sewar": {"psnr_db": 10 * np.log10(x.max() ** 2 / error), "sam_rad": angles(*flat, 0).mean(),
                  "ergas": np.mean(ergas_map), "uqi": np.mean(uqi_map)},
        "torchmetrics": {"psnr_db": 10 * np.log10(np.ptp(x) ** 2 / error), "sam_rad": angles(x, y, 2).mean(),
                         "ergas": 100 * ratio * relative},
        "ssrnet": {"psnr_db": 10 * np.log10(x.max() ** 2 / error), "rmse": np.sqrt(error),
                   "sam_deg": np.degrees(angles(x, y, 2)).mean(), "ergas": 25 * relative},
    }


def consistency(fused, hsi, msi, ratio):
    """Of an average over blocks (a box PSF) and of the first and the mean of the other bands (the SRF)."""
    rows, cols, bands = hsi.shape
    coarse = fused.reshape(rows, ratio, cols, ratio, bands).mean((1, 3))
    few = np.stack([fused[:, :, 0], fused[:, :, 1:].mean(2)], 2)
    scores = {}
    for name, x, y in (("hsi", hsi, coarse), ("msi", msi, few)):
        scores[name + "_relative_rmse"] = np.sqrt(((x - y) ** 2).sum() / (x**2).sum())
        kept = ("psnr_db", "sam_deg", "ergas")
        scores.update({f"{name}_{k}": v for k, v in metrics(x, y, ratio).items() if k in kept})
    return scores


def block_quality(u, v, side):
    return np.mean([quality(u[i : i + side, j : j + side], v[i : i + side, j : j + side])
                    for i in range(0, u.shape[0] - side + 1, side) for j in range(0, u.shape[1] - side + 1, side)])


def qnr(fused, hsi, msi, ratio):
    side, bands = round(32 / ratio), range(hsi.shape[2])
    coarse_msi = degrade_spatially(msi, np.full((ratio, ratio), 1 / ratio**2), ratio, "symmetric")
    d_lambda = np.mean([abs(block_quality(fused[:, :, i], fused[:, :, j], side * ratio)
                            - block_quality(hsi[:, :, i], hsi[:, :, j], side))
                        for i in bands for j in bands if i != j])
    d_s = np.mean([abs(block_quality(fused[:, :, i], msi[:, :, m], side * ratio)
                       - block_quality(hsi[:, :, i], coarse_msi[:, :, m], side))
                   for i in bands for m in range(msi.shape[2])])
    return {"d_lambda": d_lambda, "d_s": d_s, "qnr": (1 - d_lambda) * (1 - d_s)}


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
    for name, (x, y) in {"odd": odd_pair(), "9 bands": (image(32, 33, 9), image(32, 33, 9, 7))}.items():
        print(f"ssim {name}: {ssim(x, y):.10g}, by scikit-image {ssim_skimage(x, y)}")
        print(f"uiqi {name}: {uiqi(x, y):.10g}")
        print(f"q2n {name}: {q2n(x, y):.10g}")
    for name, scores in profiles(*(1000 * z for z in (image(37, 45, 5), image(37, 45, 5, 50))), 3).items():
        print(name, {key: float("%.10g" % value) for key, value in scores.items()})
    inputs = image(69, 72, 5, 9), image(23, 24, 5), image(69, 72, 2, 50), 3
    for scores in (consistency(*inputs), qnr(*inputs)):
        print({key: float("%.10g" % value) for key, value in scores.items()})
    x, y = image(32, 64, 3), image(32, 64, 3, 9)
    x[:, :32, 1] = 0
    print(f"block of zeros in one band: q2n {q2n(x, y):.10g}")
    x, y = image(32, 32, 2), image(32, 32, 2, 9)
    x[:16], y[16:] = 0, 0
    print(f"half of zeros: uiqi {uiqi(x, y):.10g}, q2n {q2n(x, y):.10g}")


if __name__ == "__main__":
    main()
