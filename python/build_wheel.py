"""Packs the package and a compiled library as a wheel: the same bytes for the same input.

    python3 build_wheel.py LIBRARY MACHINE VERSION FOLDER

Only the standard library is used, and nothing is downloaded.
"""

import base64
import hashlib
import pathlib
import re
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
EPOCH = (1980, 1, 1, 0, 0, 0)

METADATA = """Metadata-Version: 2.1
Name: nolfet
Version: {version}
Summary: Compile TensorFlow Lite models for VeriSilicon/Vivante NPUs, and run them there
License: {licence}
Requires-Python: >=3.8
Requires-Dist: numpy
Description-Content-Type: text/markdown

{readme}"""

WHEEL = """Wheel-Version: 1.0
Generator: nolfet
Root-Is-Purelib: false
Tag: {tag}
"""


def newest_glibc(library: bytes) -> int:
    """The minor version of glibc 2 that a library needs."""
    return max(int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)\b", library))


def members(library: pathlib.Path, version: str, tag: str, licence: str):
    """Names in the wheel, and their bytes."""
    info = f"nolfet-{version}.dist-info"
    for path in sorted((HERE / "nolfet").glob("*.py")):
        yield f"nolfet/{path.name}", path.read_bytes()
    yield "nolfet/libnolfet.so.0", library.read_bytes()
    readme = (HERE / "README.md").read_text()
    metadata = METADATA.format(version=version, readme=readme, licence=licence)
    yield f"{info}/METADATA", metadata.encode()
    yield f"{info}/WHEEL", WHEEL.format(tag=tag).encode()
    yield f"{info}/LICENSE", (HERE.parent / "LICENSE").read_bytes()
    yield f"{info}/NOTICE", (HERE.parent / "shim/wasm/NOTICE").read_bytes()


def build(library: pathlib.Path, machine: str, version: str, folder: pathlib.Path) -> pathlib.Path:
    tag = f"py3-none-manylinux_2_{newest_glibc(library.read_bytes())}_{machine}"
    licence = (HERE.parent / "LICENSE").read_text().splitlines()[0]
    wheel = folder / f"nolfet-{version}-{tag}.whl"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"nolfet-*_{machine}.whl"):
        old.unlink()
    record = ""
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members(library, version, tag, licence):
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record += f"{name},sha256={digest},{len(data)}\n"
            write(archive, name, data)
        name = f"nolfet-{version}.dist-info/RECORD"
        write(archive, name, f"{record}{name},,\n".encode())
    return wheel


def write(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)


if __name__ == "__main__":
    path, machine, version, folder = sys.argv[1:]
    print(build(pathlib.Path(path), machine, version, pathlib.Path(folder)))
