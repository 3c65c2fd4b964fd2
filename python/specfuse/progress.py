"""How far the library is, shown to people."""
import sys
from contextlib import contextmanager

from .compiled import core


class Bars:
    """A bar of tqdm for each job."""

    def __init__(self, tqdm):
        self.tqdm, self.bar = tqdm, None

    def __call__(self, title, unit, done, total, ended):
        if self.bar is None:
            self.bar = self.tqdm(total=total or None, desc=title, unit=f" {unit}")
        self.bar.update(done - self.bar.n)
        if ended:
            self.bar.close()
            self.bar = None


def _tqdm():
    """Its class, in a notebook where it is installed."""
    if "ipykernel" not in sys.modules:
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm


@contextmanager
def shown(progress):
    """While it lasts, progress is shown, or is not."""
    core().show_progress(progress)
    tqdm = _tqdm() if progress else None
    core().listen_to_progress(Bars(tqdm) if tqdm else None)
    try:
        yield
    finally:
        core().listen_to_progress(None)
