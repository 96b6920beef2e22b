# SPDX-License-Identifier: LGPL-2.1-or-later

"""The files that others start the daemon by, as others check them.

  test-files.py SIMHOST BUILT-DATA-FOLDER DATA-FOLDER"""

import configparser
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "plugins"))

import tap

SIMHOST, BUILT, DATA = map(Path, sys.argv[1:4])


def verify(text):
    with tempfile.TemporaryDirectory() as folder:
        unit = Path(folder, "simhost.service")
        unit.write_text(text, encoding="utf-8")
        return subprocess.run(["systemd-analyze", "--user", "--man=no", "--recursive-errors=no",
                               "verify", unit],
                              capture_output=True, text=True, timeout=60,
                              env={"XDG_RUNTIME_DIR": folder, "HOME": folder, "PATH": "/usr/bin:/bin"})


@tap.case("/daemon/files/unit-is-right")
def unit():
    text = (BUILT / "simhost.service").read_text(encoding="utf-8")
    command = text.split("ExecStart=")[1].split()[0]
    assert command.endswith("/bin/simhost"), command
    # It is not installed.
    text = text.replace(command, str(SIMHOST.absolute()))
    done = verify(text)
    assert done.returncode == 0 and not done.stderr, done
    # And it does look.
    done = verify(text.replace("LockPersonality=true", "LockPersonality=perhaps"))
    assert done.returncode != 0 and "perhaps" in done.stderr, done


@tap.case("/daemon/files/service-and-unit-agree")
def agree():
    def read(name):
        parser = configparser.ConfigParser(interpolation=None, strict=True)
        parser.optionxform = str
        parser.read(BUILT / name, encoding="utf-8")
        return parser

    service, unit = read("org.simhost.Host1.service")["D-BUS Service"], read("simhost.service")["Service"]
    assert service["Name"] == unit["BusName"] == "org.simhost.Host1"
    assert service["Exec"] == unit["ExecStart"]
    assert service["SystemdService"] == "simhost.service"


@tap.case("/daemon/files/system-bus-lets-others-look-only")
def policy():
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "bus.conf")
        config.write_text(f"""<busconfig><type>system</type><listen>unix:dir={folder}</listen>
<policy context="default"><allow user="*"/></policy>
<include>{DATA.absolute()}/dbus/org.simhost.Host1.conf</include></busconfig>""")
        done = subprocess.run(["dbus-daemon", f"--config-file={config}", "--fork", "--print-pid=1",
                               "--nopidfile"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done
        subprocess.run(["kill", done.stdout.split()[0]], check=True, timeout=60)


tap.run()
