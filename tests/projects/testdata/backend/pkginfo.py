"""Stands in for the build backends of source packages that are only unpacked: pip asks a
backend for a package's metadata before it keeps the archive, and PKG-INFO has them."""
import email.parser
import pathlib
import shutil


def get_requires_for_build_wheel(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    with open("PKG-INFO", encoding="utf-8") as file:
        info = email.parser.Parser().parse(file)
    name = "{}-{}.dist-info".format(info["Name"].replace("-", "_"), info["Version"])
    folder = pathlib.Path(metadata_directory, name)
    folder.mkdir()
    shutil.copy("PKG-INFO", folder / "METADATA")
    (folder / "WHEEL").write_text("Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n")
    return name
