"""A Processing algorithm of QGIS: sharpens a hyperspectral layer with a multispectral one by specfuse's run_experiment.

docs/qgis.md tells how to install it. Methods, fields and their help come from the program itself.
"""
import functools
import os
import queue
import re
import shutil
import signal
import subprocess
import threading
from pathlib import Path

from qgis.core import (QgsProcessingAlgorithm, QgsProcessingContext, QgsProcessingException, QgsProcessingOutputFile,
                       QgsProcessingOutputRasterLayer, QgsProcessingParameterDefinition, QgsProcessingParameterEnum,
                       QgsProcessingParameterNumber, QgsProcessingParameterRasterDestination,
                       QgsProcessingParameterRasterLayer, QgsProcessingParameterString)

CHOSEN = "the best that suits"
NOT_FOUND = "run_experiment of specfuse was not found; the variable SPECFUSE_PROGRAM of the environment says where it is"
# Fields of an experiment with an entry of their own, and under which name the program describes each; all others can be
# given as path=value.
FIELDS = {"degrade.ratio": "degrade.ratio", "degrade.srf.sensor": "degrade.srf.sensor", "data.orientation": "data.orientation",
          "data.hsi.nodata.value": "data.nodata.value", "data.msi.nodata.value": "data.nodata.value"}
FIELD = re.compile(r"^  (?P<path>\S+): (?P<type>[^,\n]+)(?P<more>.*)\n      (?P<help>.*)$", re.MULTILINE)
PROGRESS = re.compile(r"(\d+)/(\d+) ")


def find_program():
    """The path of run_experiment, or None: what SPECFUSE_PROGRAM names, at the top of the checkout that this script is in, on
    the PATH, or where pip puts programs of a user."""
    if named := os.environ.get("SPECFUSE_PROGRAM"):
        return shutil.which(named)
    script = Path(globals().get("__file__", "script")).resolve()  # the editor of QGIS has no file
    folders = [*map(str, script.parents[2:3]), os.environ.get("PATH", ""), str(Path.home() / ".local/bin")]
    return shutil.which("run_experiment", path=os.pathsep.join(folders))


@functools.lru_cache(maxsize=None)
def listed(program, *name):
    """What the program says of a method or a field; of all methods without a name."""
    done = subprocess.run([program, "--list", *name], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise QgsProcessingException(done.stderr.strip())
    return done.stdout


def methods(program):
    """Names and summaries of the methods that fuse by themselves."""
    block = listed(program).split("\nlayers\n")[0].splitlines()[1:]
    return {name: summary for name, summary in (line.split(maxsplit=1) for line in block) if name != "external"}


def sensors(program):
    block = listed(program).split("\nsensors\n")[1].split("\nscene formats\n")[0]
    return [line.split()[0] for line in block.splitlines()]


def parameter_of(program, path):
    """The optional parameter of a field, as the program describes it."""
    described = FIELDS[path]
    field = next(field for field in FIELD.finditer(listed(program, described)) if field["path"] == described)
    name, label = path.replace(".", "_").upper(), path
    choices = re.search(r"one of (.*)", field["more"])
    choices = choices[1].split(", ") if choices else sensors(program) if path == "degrade.srf.sensor" else []
    if choices:
        parameter = QgsProcessingParameterEnum(name, label, choices, optional=True, usesStaticStrings=True)
    elif field["type"] in ("integer", "number"):
        kind = getattr(QgsProcessingParameterNumber, "Integer" if field["type"] == "integer" else "Double")
        parameter = QgsProcessingParameterNumber(name, label, kind, optional=True)
    else:
        parameter = QgsProcessingParameterString(name, label, optional=True)
    parameter.setHelp(field["help"])
    parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.FlagAdvanced)
    return parameter


def file_of(layer, name):
    """The file that a layer shows."""
    path = layer.source().split("|")[0]
    if layer.providerType() != "gdal" or not Path(path).exists():
        raise QgsProcessingException(f"{name}: expected a layer of a raster file, got {layer.source()}; export it as GeoTIFF first")
    return path


def run_program(command, feedback):
    """Runs the program; what it says goes to the log line by line, and its progress to the bar. Ends it when asked to."""
    feedback.pushCommandInfo(" ".join(command))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    lines, problem, ended = queue.Queue(), "", 0

    def read(stream, is_error):
        with stream:
            for line in stream:
                lines.put((line.rstrip("\n"), is_error))
        lines.put((None, is_error))

    for stream, is_error in (process.stdout, False), (process.stderr, True):
        threading.Thread(target=read, args=(stream, is_error), daemon=True).start()
    while ended < 2:
        if feedback.isCanceled() and process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            line, is_error = lines.get(timeout=0.2)
        except queue.Empty:
            continue
        if line is None:
            ended += 1
        elif line.startswith("run_experiment: error: "):
            problem = line.removeprefix("run_experiment: error: ")
        elif line.startswith("warning: "):
            feedback.pushWarning(line.removeprefix("warning: "))
        elif is_error and (done := PROGRESS.search(line)):
            feedback.setProgress(100 * int(done[1]) / int(done[2]))
            feedback.setProgressText(line)
        else:
            feedback.pushInfo(line)
    if process.wait() != 0 and not feedback.isCanceled():
        raise QgsProcessingException(problem or f"run_experiment ended with exit code {process.returncode}")


class SpecfuseFuse(QgsProcessingAlgorithm):
    def name(self):
        return "specfuse_fuse"

    def displayName(self):
        return "Fuse hyperspectral and multispectral images"

    def group(self):
        return "specfuse"

    def groupId(self):
        return "specfuse"

    def createInstance(self):
        return SpecfuseFuse()

    def canExecute(self):
        if find_program():
            return True, ""
        return False, NOT_FOUND

    def shortHelpString(self):
        program = find_program()
        lines = ["All bands of the hyperspectral image at the resolution of the multispectral one. Ratio, common part, response, "
                 "point spread function, registration and no data are found out from the files; the log shows what was decided "
                 "and why, and how far the result can be trusted. Beside the fused image lie the errors to expect (sigma), flags "
                 "of its pixels (quality), the experiment that does the same, and a report.", ""]
        if program:
            lines += [f"<b>{name}</b>: {summary}" for name, summary in methods(program).items()]
        return "<br>".join(lines)

    def initAlgorithm(self, configuration=None):
        program = find_program()
        self.addParameter(QgsProcessingParameterRasterLayer("HSI", "Hyperspectral image: many bands, coarse pixels"))
        self.addParameter(QgsProcessingParameterRasterLayer("MSI", "Multispectral image: few bands, fine pixels"))
        # Without the program any method is taken, so that what is said is that there is none.
        self.addParameter(QgsProcessingParameterEnum("METHOD", "Method", [CHOSEN, *methods(program)], defaultValue=CHOSEN, usesStaticStrings=True)
                          if program else QgsProcessingParameterString("METHOD", "Method", CHOSEN))
        for path in FIELDS if program else []:
            self.addParameter(parameter_of(program, path))
        more = [QgsProcessingParameterString("SET", "Other fields, a line path=value each", optional=True, multiLine=True),
                QgsProcessingParameterString("MEMORY", "Memory to keep to, such as 4GiB", optional=True)]
        for parameter in more:
            parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.FlagAdvanced)
            self.addParameter(parameter)
        self.addParameter(QgsProcessingParameterRasterDestination("FUSED", "Fused image"))
        self.addOutput(QgsProcessingOutputRasterLayer("SIGMA", "Errors to expect"))
        self.addOutput(QgsProcessingOutputRasterLayer("QUALITY", "Quality of the pixels"))
        self.addOutput(QgsProcessingOutputFile("REPORT", "Report"))

    def settings(self, parameters, context):
        """All fields that are given, as path=value."""
        given = []
        for path in FIELDS:
            name = path.replace(".", "_").upper()
            if parameters.get(name) not in (None, ""):
                given.append(f"{path}={self.parameterAsString(parameters, name, context)}")
        return given + self.parameterAsString(parameters, "SET", context).split("\n")

    def processAlgorithm(self, parameters, context, feedback):
        if not find_program():
            raise QgsProcessingException(NOT_FOUND)
        fused = Path(self.parameterAsOutputLayer(parameters, "FUSED", context))
        images = [file_of(self.parameterAsRasterLayer(parameters, name, context), name) for name in ("HSI", "MSI")]
        command = [find_program(), "--fuse", *images, "--out", str(fused), "--overwrite"]
        method = self.parameterAsString(parameters, "METHOD", context)
        if method != CHOSEN:
            command += ["--method", method]
        if memory := self.parameterAsString(parameters, "MEMORY", context):
            command += ["--memory", memory]
        for setting in self.settings(parameters, context):
            command += ["--set", setting.strip()] if setting.strip() else []
        run_program(command, feedback)
        if feedback.isCanceled():
            return {}
        results = {"FUSED": str(fused), "REPORT": str(fused.with_name(fused.stem + "_run") / "report.html")}
        for name in "SIGMA", "QUALITY":
            path = fused.with_name(f"{fused.stem}_{name.lower()}{fused.suffix}")
            if path.exists():
                results[name] = str(path)
                if context.willLoadLayerOnCompletion(str(fused)):
                    context.addLayerToLoadOnCompletion(str(path), QgsProcessingContext.LayerDetails(path.stem, context.project(), name))
        return results
