"""What the program says beside its warnings."""


def said(run):
    """What a run that is over says on standard error, except warnings."""
    return "".join(line for line in run.stderr.splitlines(True) if not line.startswith("warning: "))
