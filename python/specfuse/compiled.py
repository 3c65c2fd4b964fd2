"""The compiled part of the package."""


def core():
    """`specfuse._core`, loaded when it is first needed: files and weights can be read without it."""
    try:
        from . import _core
    except ImportError as problem:
        raise ImportError(f"{problem}; `make` or `pip install .` in the folder of specfuse builds what fuses and estimates",
                          name="specfuse._core") from None
    return _core
