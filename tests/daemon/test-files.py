# SPDX-License-Identifier: LGPL-2.1-or-later

"""The files that others start the daemon by, as others check them.

  test-files.py SIMHOST BUILT-DATA-FOLDER DATA-FOLDER"""

import configparser
import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "plugins")]

import tap
from bus import DEADLINE, NAME, ROOT, Bus, GLib

SIMHOST, BUILT, DATA = map(Path, sys.argv[1:4])


def verify(text):
    with tempfile.TemporaryDirectory() as folder:
        unit = Path(folder, "simhost.service")
        unit.write_text(text, encoding="utf-8")
        return subprocess.run(["systemd-analyze", "--user", "--man=no", "--recursive-errors=no",
                               "verify", unit],
                              capture_output=True, text=True, timeout=240,
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


# What system buses begin with: dbus-daemon's own system.conf, in short.
DEFAULT = """<policy context="default">
<allow user="*"/><deny own="*"/><deny send_type="method_call"/>
<allow send_type="signal"/>
<allow send_requested_reply="true" send_type="method_return"/>
<allow send_requested_reply="true" send_type="error"/>
<allow receive_type="method_call"/><allow receive_type="method_return"/>
<allow receive_type="error"/><allow receive_type="signal"/>
<allow send_destination="org.freedesktop.DBus"/>
</policy>
"""


class SystemBus(Bus):
    """A bus with our policy, where `root` has the place of root; `more`: other
    policies."""

    def __init__(self, root, more=""):
        super().__init__(SIMHOST)
        policy = (DATA / "dbus" / "org.simhost.Host1.conf").read_text(encoding="utf-8")
        assert policy.count('user="root"') == 1, policy
        self.policy = policy.replace('user="root"', f'user="{root}"')
        self.more = more

    def __enter__(self):
        super().__enter__()
        self.client.close_sync()
        self.stop_bus()
        (self.top / "policy.conf").write_text(self.policy)
        config = self.top / "bus.conf"
        config.write_text(f"""<busconfig><type>system</type><listen>unix:dir={self.top}</listen>
{DEFAULT}<include>{self.top}/policy.conf</include>{self.more}</busconfig>""")
        self.bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"],
            stdout=subprocess.PIPE, text=True)
        self.address = self.bus.stdout.readline().strip()
        del self.environment["DBUS_SESSION_BUS_ADDRESS"]
        self.environment["DBUS_SYSTEM_BUS_ADDRESS"] = self.address
        self.client = self.connect()
        return self


ME = pwd.getpwuid(os.getuid()).pw_name
SOMEBODY = next(it.pw_name for it in pwd.getpwall() if it.pw_name != ME)
DENIED = "org.freedesktop.DBus.Error.AccessDenied"


@tap.case("/daemon/files/on-the-system-bus-root-does-all")
def root():
    with SystemBus(ME) as bus:
        child = bus.start("--system")
        bus.call(ROOT, "Manager.Rescan")
        bus.call(ROOT, "Manager.StartEngine")
        assert len(bus.call(ROOT, "Manager.GetEngine")) == 2
        other = bus.start("--system", "--replace")
        assert child.wait(DEADLINE) == 0 and bus.pid() == other.pid


@tap.case("/daemon/files/on-the-system-bus-others-only-look")
def others():
    # Whoever may have the name; all else is as for others.
    own = f'<policy user="{ME}"><allow own="{NAME}"/></policy>'
    with SystemBus(SOMEBODY, own) as bus:
        bus.start("--system")
        assert bus.manager()["EngineState"] == "off"
        assert bus.managed() == {}
        bus.call(ROOT, "org.freedesktop.DBus.Introspectable.Introspect", None)
        for method in ("Rescan", "StartEngine", "StopEngine", "GetEngine"):
            assert bus.refused(ROOT, f"Manager.{method}")[0] == DENIED, method
        for method in ("Train", "StartSession"):
            assert bus.refused(ROOT, f"Manager.{method}", "(sa{sv})", "x", {})[0] == DENIED, method
        assert bus.refused(ROOT, "org.freedesktop.DBus.Properties.Set", "(ssv)", f"{NAME}.Manager",
                           "Version", GLib.Variant("s", "2"))[0] == DENIED
        assert bus.manager()["EngineState"] == "off"


@tap.case("/daemon/files/on-the-system-bus-others-cannot-be-it")
def impostor():
    with SystemBus(SOMEBODY) as bus:
        child = bus.start("--system", wait=False)
        _, said = child.communicate(timeout=DEADLINE)
        assert child.returncode == 1 and NAME in said and said.count("\n") == 1, said


tap.run()
