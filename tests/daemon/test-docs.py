# SPDX-License-Identifier: LGPL-2.1-or-later

"""docs/dbus.md is what the interfaces say of themselves, and they say enough.

  test-docs.py SOURCE-FOLDER"""

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "plugins"))

import tap

SOURCE = Path(sys.argv[1])
XML = SOURCE / "data" / "dbus" / "org.simhost.Host1.xml"


def make(path):
    return subprocess.run([sys.executable, SOURCE / "docs" / "make-dbus.py", path],
                          capture_output=True, text=True, encoding="utf-8", timeout=240)


def make_changed(before, after):
    text = XML.read_text(encoding="utf-8")
    assert before in text
    with tempfile.NamedTemporaryFile("w", suffix=".xml", encoding="utf-8") as file:
        file.write(text.replace(before, after, 1))
        file.flush()
        return make(file.name)


@tap.case("/daemon/docs/page-is-up-to-date")
def up_to_date():
    done = make(XML)
    assert done.returncode == 0, done.stderr
    page = (SOURCE / "docs" / "dbus.md").read_text(encoding="utf-8")
    assert page == done.stdout, "run: python3 docs/make-dbus.py data/dbus/*.xml > docs/dbus.md"


@tap.case("/daemon/docs/everything-is-described")
def described():
    done = make_changed("<!-- Version: of simhost, \"0.1.0\" -->", "")
    assert done.returncode == 1 and "nothing is said of Version" in done.stderr, done.stderr


@tap.case("/daemon/docs/arguments-are-there")
def arguments():
    done = make_changed("@curriculum: the Inkling", "@program: the Inkling")
    assert done.returncode == 1 and "Train has no argument program" in done.stderr, done.stderr


tap.run()
