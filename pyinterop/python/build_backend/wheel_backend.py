"""Builds the wheel of brine with the standard library alone (PEP 517).

An installer needs no network and no other package: pip install --no-index .
"""
import base64
import hashlib
import io
import os
import re
import tarfile
import zipfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same sources make the same wheel


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _write_wheel(wheel_directory, _sources())


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _write_wheel(wheel_directory, {"brine.pth": HERE.encode() + b"\n"})


def build_sdist(sdist_directory, config_settings=None):
    stem = "brine-" + _project("version")
    with tarfile.open(os.path.join(sdist_directory, stem + ".tar.gz"), "w:gz") as tar:
        for name, data in {**_tree("."), "PKG-INFO": _metadata().encode()}.items():
            info = tarfile.TarInfo(stem + "/" + name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return stem + ".tar.gz"


def _write_wheel(directory, files):
    version = _project("version")
    info = "brine-%s.dist-info/" % version
    files = dict(files)
    files[info + "METADATA"] = _metadata().encode()
    files[info + "WHEEL"] = (b"Wheel-Version: 1.0\nGenerator: brine\n"
                             b"Root-Is-Purelib: true\nTag: py3-none-any\n")
    files[info + "RECORD"] = _record(files, info + "RECORD")
    wheel = "brine-%s-py3-none-any.whl" % version
    with zipfile.ZipFile(os.path.join(directory, wheel), "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(zipfile.ZipInfo(name, EPOCH), data)
    return wheel


def _record(files, record):
    lines = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
        lines.append("%s,sha256=%s,%d" % (name, digest.decode(), len(data)))
    return "\n".join(lines + [record + ",,", ""]).encode()


def _metadata():
    return "".join("%s: %s\n" % field for field in (
        ("Metadata-Version", "2.1"), ("Name", "brine"), ("Version", _project("version")),
        ("Summary", _project("description")), ("Requires-Python", _project("requires-python")),
        ("License", "BSD-3-Clause")))


def _project(key):
    """A text of pyproject.toml; tomllib is not there before 3.11."""
    with open(os.path.join(HERE, "pyproject.toml"), encoding="utf-8") as f:
        return re.search(r'^%s = "(.*)"$' % re.escape(key), f.read(), re.M).group(1)


def _sources():
    return _tree("brine")


def _tree(top):
    files = {}
    for folder, folders, names in os.walk(os.path.join(HERE, top)):
        folders[:] = sorted(d for d in folders if d != "__pycache__" and not d.startswith("."))
        for name in sorted(names):
            if name.endswith((".py", ".toml", ".typed")):
                path = os.path.join(folder, name)
                with open(path, "rb") as f:
                    files[os.path.relpath(path, HERE).replace(os.sep, "/")] = f.read()
    return files
