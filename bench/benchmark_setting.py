"""What the benchmark is made of: scenes, folds, degradations, methods, ablations."""

# Name: file, site. A site is None where no training saw it: the weights that come with the program are used there.
SCENES = {
    "jasper_ridge": ("aviris_jasper_ridge_100x100x198.h5", "Jasper Ridge"),
    "san_diego": ("aviris_san_diego_a_100x100x189.h5", "San Diego"),
    "airport_1": ("aviris_abu_airport_1_100x100x205.h5", "Los Angeles"),
    "airport_2": ("aviris_abu_airport_2_100x100x205.h5", "Los Angeles"),
    "urban_4": ("aviris_abu_urban_4_100x100x205.h5", "Los Angeles"),
    "airport_4": ("aviris_abu_airport_4_100x100x191.h5", "Gulfport"),
    "urban_1": ("aviris_abu_urban_1_100x100x204.h5", "Texas coast"),
    "urban_2": ("aviris_abu_urban_2_100x100x207.h5", "Texas coast"),
    "beach_1": ("aviris_abu_beach_1_150x150x188.h5", "beach 1"),
    "beach_2": ("aviris_abu_beach_2_100x100x193.h5", "beach 2"),
    "salinas": ("aviris_salinas_a_83x86x204.h5", "Salinas"),
    "vegetation": ("aviris_vegetation_90x90x181.h5", "vegetation"),
    "moffett": ("aviris_moffett_50x50x189.h5", "Moffett"),
    "potsdam": ("enmap_potsdam_a_64x96x218.h5", None),
    "berlin": ("enmap_berlin_80x60x244.h5", None),
    "samson": ("samson_95x95x156.h5", None),
}
# Sites that the weights of a fold have not seen.
FOLDS = {
    "fold_1": ("Jasper Ridge", "Los Angeles", "Moffett"),
    "fold_2": ("Texas coast", "beach 1", "Salinas"),
    "fold_3": ("San Diego", "Gulfport", "beach 2", "vegetation"),
}
RATIOS = (4, 2, 8)
NOISES = (None, 35, 30)
CLASSICS = ("bicubic", "linear_injection", "gsa", "sfim_hs", "glp_hs", "cnmf", "hysure", "fuse", "csu")
PLUS = "two_cnn_fu_plus"

ABLATION_FOLD = "fold_1"
ABLATION_STEPS = 1000
KINDS = ("candidates", "interpolated", "level", "misfit", "spread", "noise", "detail", "ratio")


def maps(count):
    return {"layers": {name: {"maps": count} for name in ("first", "across1", "along1", "across2", "along2", "across3")}}


def without(*candidates):
    return {"candidates": {name: {"enabled": False} for name in candidates}}


def unguided():
    return {name: {"guided": 0} for name in ("local_projected", "local_both", "fuse_projected")}


# Pairs of two instruments, without a reference, by their experiments.
MEASURED = ("hyperion_real", "enmap_hymap_real")

# Kinds of pairs whose sensors are not as told, and whose work on them is in the records: that of the program before these
# pairs were made, and that of the program as it is. `fwhm` and `change` are factors, `edges` are bands, `shift` is down and
# right in fine pixels, `gain` the least and the most, `offset` a part of a band's mean, `noise` in dB in both images.
STAGES = ("before", "after")
FIELD_KINDS = {
    "none": {},
    "psf": {"fwhm": 1.25},
    "srf": {"edges": 2},
    "shift": {"shift": (.8, -.5)},
    "gain": {"gain": (.93, 1.07), "offset": .01},
    "change": {"change": 1.3},
    "all": {"fwhm": 1.12, "edges": 1, "shift": (.35, -.25), "gain": (.97, 1.03), "offset": .003, "noise": 40},
    "residual": {"fwhm": 1.07, "edges": 1, "shift": (.15, -.10)},
    "varying": {"varying": ((0, 1.5), (1.2, -.2))},
}

# What is changed: fields of `model`, of `train`, or of how a scene is fused with the weights of the setting as it is.
AS_IT_IS = "as it is"
ABLATIONS = {
    AS_IT_IS: {},
    "flips averaged": {"fuse": {"flips": True}},
    "24 maps": {"model": maps(24)},
    "48 maps": {"model": maps(48)},
    "twice the steps": {"train": {"steps": 2 * ABLATION_STEPS}},
    **{f"without {kind}": {"model": {"kinds": [other for other in KINDS if other != kind]}} for kind in KINDS},
    "without consistency": {"model": {"consistency": 0}},
    "without guidance of the base": {"model": {"guided": 0}},
    "without any guidance": {"model": {"guided": 0, "candidates": unguided()}},
    "without candidate csu": {"model": without("csu")},
    "without candidate cnmf": {"model": without("cnmf")},
    "without candidate hysure": {"model": without("hysure")},
    "without candidates gsa, sfim_hs and linear": {"model": without("gsa", "sfim_hs", "linear")},
}

# The published network where it has enough to learn from: data, training part, validation and test.
PUBLISHED = "two_cnn_fu"
SPLITS = {
    "beach_1": ({"scene": "aviris_abu_beach_1_150x150x188.h5", "crop": {"row": 0, "col": 0, "rows": 148, "cols": 148}},
                (80, 148), {"row": 100, "col": 0, "rows": 24, "cols": 60},
                {"row": 100, "col": 80, "rows": 48, "cols": 68}),
    "synthetic": ({"synthetic": {"rows": 512, "cols": 512, "bands": 162}},
                  (320, 512), {"row": 352, "col": 0, "rows": 64, "cols": 128},
                  {"row": 352, "col": 160, "rows": 160, "cols": 352}),
}
# (preset, part of the training rows, steps)
LESSONS = [("released", 1, 1000), ("released", 1, 10000), ("table2", 1, 1000), ("table2", 1, 10000),
           ("released", 0.25, 10000), ("released", 0.5, 10000), ("released", 1, 30000)]


def fold_of(scene):
    """The fold whose weights have not seen the scene; None for a scene that no training saw."""
    site = SCENES[scene][1]
    return next((fold for fold, sites in FOLDS.items() if site in sites), None)


def pair_name(scene, ratio, noise):
    return f"{scene}_ratio{ratio}_{'clean' if noise is None else f'{noise}db'}"


def field_name(stage, scene, ratio, kind, noise):
    return f"{stage}/{pair_name(scene, ratio, noise or None)}/{kind}"


def ablation_name(label):
    return label.replace(" ", "_").replace(",", "")


def lesson_name(scene, preset, share, steps):
    return f"{scene}_{preset}_{round(100 * share)}_{steps}"
