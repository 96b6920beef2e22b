# SPDX-License-Identifier: LGPL-2.1-or-later

"""What is installed, and that each file of it is in one of Debian's packages.

  test-install.py MESON BUILD-FOLDER SOURCE-FOLDER"""

import fnmatch
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "plugins"))

import tap

MESON, BUILD, SOURCE = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
OPTIONS = {it["name"]: it["value"]
           for it in json.loads((BUILD / "meson-info" / "intro-buildoptions.json").read_text())}


def install(root):
    """Installs as into a folder for a package; the files, by their paths below the
    prefix."""
    subprocess.run([MESON, "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", root],
                   check=True, capture_output=True, timeout=240)
    whole = {path for path in root.rglob("*") if not path.is_dir()}
    top = root / OPTIONS["prefix"].lstrip("/")
    assert whole and all(path.is_relative_to(top) for path in whole), whole
    return top, {str(path.relative_to(top)) for path in whole}


def packages():
    """The patterns of each package, below /usr."""
    return {file.stem: [line.removeprefix("usr/") for line in file.read_text().split()]
            for file in (SOURCE / "packaging" / "debian").glob("*.install")}


def takes(pattern, path):
    """Whether dh_install would: a pattern is for a file, or for a folder and all in
    it; a star is for no slash."""
    wanted, parts = pattern.split("/"), path.split("/")
    return len(wanted) <= len(parts) and all(map(fnmatch.fnmatchcase, parts, wanted))


@tap.case("/daemon/install/all-that-belongs-to-it-is-there")
def there():
    with tempfile.TemporaryDirectory(prefix="simhost-test-") as folder:
        top, files = install(Path(folder))
        library = OPTIONS["libdir"]
        for path in ("bin/simhost", "bin/simhost-monitor", "include/simhost/plugin.h",
                     "lib/systemd/user/simhost.service", f"{library}/simhost/plugins/cartpole.so",
                     "share/applications/org.simhost.Monitor.desktop",
                     "share/bash-completion/completions/simhost",
                     "share/dbus-1/interfaces/org.simhost.Host1.xml",
                     "share/dbus-1/services/org.simhost.Host1.service",
                     "share/dbus-1/services/org.simhost.Monitor.service",
                     "share/dbus-1/system.d/org.simhost.Host1.conf",
                     "share/man/man1/simhost-daemon.1", "share/man/man5/simhost.conf.5",
                     "share/metainfo/org.simhost.Monitor.metainfo.xml",
                     "share/simhost/curricula/cartpole.ink"):
            assert path in files, (path, sorted(files))
        # Every manual page and curriculum that there is.
        for folder, kind, place in (("data/man", "*.[15]", "share/man/man"),
                                    ("data/curricula", "*.ink", "share/simhost/curricula/")):
            for source in (SOURCE / folder).glob(kind):
                where = place + (source.suffix[1] + "/" if place.endswith("man") else "")
                assert where + source.name in files, (source, sorted(files))
        # What is started is what was installed.
        for unit in ("lib/systemd/user/simhost.service", "share/dbus-1/services/org.simhost.Host1.service"):
            assert f"{OPTIONS['prefix']}/bin/simhost daemon" in (top / unit).read_text(), unit


@tap.case("/daemon/install/each-file-is-in-one-package")
def packaged():
    with tempfile.TemporaryDirectory(prefix="simhost-test-") as folder:
        _, files = install(Path(folder))
        taken = {path: [(package, pattern) for package, patterns in packages().items()
                        for pattern in patterns if takes(pattern, path)] for path in files}
        for path, by in taken.items():
            assert len({package for package, _ in by}) == 1, (path, by)
        used = {it for by in taken.values() for it in by}
        for package, patterns in packages().items():
            for pattern in patterns:
                assert (package, pattern) in used, f"{package}: {pattern} is for no file"


tap.run()
