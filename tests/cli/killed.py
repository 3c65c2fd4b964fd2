"""A run that is killed at some moment, as by a power cut."""
import subprocess


def finished_or_killed(command, seconds):
    """(exit status, standard error) of a run that ends in time; None where it was killed after so many seconds."""
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        error = run.communicate(timeout=seconds)[1]
        return run.returncode, error
    except subprocess.TimeoutExpired:
        run.kill()
        run.communicate()
        return None
