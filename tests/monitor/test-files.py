# SPDX-License-Identifier: LGPL-2.1-or-later

"""The files by which a desktop knows simhost-monitor, as others check them.

  test-files.py MONITOR BUILT-DATA-FOLDER DATA-FOLDER"""

import configparser
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "plugins"))

import gi
import tap

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf

MONITOR, BUILT, DATA = map(Path, sys.argv[1:4])
ID = "org.simhost.Monitor"
DESKTOP, METAINFO = DATA / f"{ID}.desktop", DATA / f"{ID}.metainfo.xml"


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=240)


def changed(source, before, after, check):
    """What a checker says of the file after a change that is wrong."""
    text = source.read_text(encoding="utf-8")
    assert before in text, before
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, source.name)
        file.write_text(text.replace(before, after), encoding="utf-8")
        return check(file)


def desktop_file(file):
    return run("desktop-file-validate", file)


def metadata(file):
    return run("appstreamcli", "validate", "--no-net", "--pedantic", "--explain", file)


@tap.case("/monitor/files/desktop-file-is-valid")
def desktop():
    done = desktop_file(DESKTOP)
    assert done.returncode == 0 and not done.stdout, done
    done = changed(DESKTOP, "Type=Application", "Type=Program", desktop_file)
    assert done.returncode != 0, done


@tap.case("/monitor/files/metadata-is-valid")
def metainfo():
    done = metadata(METAINFO)
    assert done.returncode == 0, done.stdout
    done = changed(METAINFO, "<summary>", "<summry>", metadata)
    assert done.returncode != 0, done


@tap.case("/monitor/files/all-name-the-same-program")
def same():
    def read(file):
        parser = configparser.ConfigParser(interpolation=None, strict=True)
        parser.optionxform = str
        parser.read(file, encoding="utf-8")
        return parser

    entry = read(DESKTOP)["Desktop Entry"]
    service = read(BUILT / f"{ID}.service")["D-BUS Service"]
    assert entry["Icon"] == service["Name"] == ID and entry["DBusActivatable"] == "true"
    assert entry["Exec"] == MONITOR.name
    path, flag = service["Exec"].split()
    assert path.endswith(f"/bin/{MONITOR.name}") and flag == "--gapplication-service"
    root = ElementTree.parse(METAINFO).getroot()
    assert root.findtext("id") == ID
    assert root.findtext("launchable") == DESKTOP.name
    assert root.findtext("provides/binary") == MONITOR.name
    version = run(MONITOR, "--version").stdout.split()[1]
    assert root.find("releases/release").get("version") == version


@tap.case("/monitor/files/icons-are-drawn")
def icons():
    for name, size in (ID, 128), (f"{ID}-symbolic", 16):
        picture = GdkPixbuf.Pixbuf.new_from_file(str(DATA / f"{name}.svg"))
        assert (picture.get_width(), picture.get_height()) == (size, size)
        pixels = picture.get_pixels()
        drawn = sum(1 for at in range(3, len(pixels), 4) if pixels[at] > 128)
        assert size * size / 10 < drawn < size * size, drawn


@tap.case("/monitor/files/manual-page-has-every-option")
def manual():
    page = DATA / "simhost-monitor.1"
    done = run("mandoc", "-T", "lint", "-W", "warning", page)
    # The packages give the date.
    said = [line for line in done.stdout.splitlines() if "missing date" not in line]
    assert not said, said
    text = page.read_text(encoding="utf-8").replace("\\-", "-")
    options = re.findall(r"--[a-z-]+", run(MONITOR, "--help").stdout)
    assert "--version" in options, options
    # GLib's own list of more help needs none.
    assert all(option in text for option in options if not option.startswith("--help")), options


tap.run()
