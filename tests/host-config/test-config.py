# SPDX-License-Identifier: LGPL-2.1-or-later

"""Where settings come from, and what each flag means: `run --show-config`.

  test-config.py SIMHOST

Numbers in the paths are those of the list of edge cases in the protocol's
description."""

import configparser
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "plugins"))

import tap

SIMHOST = os.path.abspath(sys.argv[1])
URL = "http://127.0.0.1:8010"
FOREIGN = ("bonsai_", "simhost_", "xdg_", "http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Place:
    """A home, a folder to be in, and an environment without surprises."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.home = Path(self.folder.name, "home")
        self.here = Path(self.folder.name, "here")
        self.own = self.home / ".config/simhost/config"
        self.here.mkdir()
        self.own.parent.mkdir(parents=True)
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.lower().startswith(FOREIGN)
        } | {"HOME": str(self.home)}
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def write(self, home=None, here=None, own=None, brains=None):
        for path, text in (
            (self.home / ".bonsai", home),
            (self.here / ".bonsai", here),
            (self.own, own),
            (self.here / ".brains", brains),
        ):
            if text is not None:
                path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def call(self, *flags, **environment):
        done = subprocess.run(
            [SIMHOST, "run", *flags],
            cwd=self.here,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=240,
        )
        text = done.stderr.decode()
        assert "CRITICAL" not in text and "Sanitizer" not in text, text
        return done.returncode, done.stdout.decode(), text

    def show(self, *flags, **environment):
        """{name: (value, source)}"""
        status, out, text = self.call(*flags, "--show-config", "--json", **environment)
        assert status == 0, text
        self.text = text
        return {k: (v["value"], v["source"]) for k, v in json.loads(out).items()}


def expect(path, flags=(), environment=None, status=0, says="", warns="", **wanted):
    """A case: files, flags and environment; what must come of them."""
    files = {key: wanted.pop(key) for key in ("home", "here", "own", "brains") if key in wanted}

    def run():
        with Place() as place:
            place.write(**files)
            if status != 0:
                found, out, text = place.call(*flags, "--show-config", **(environment or {}))
                assert (found, out) == (status, ""), (found, out, text)
                assert text.startswith("simhost: run: ") and text.count("\n") == 1, text
                assert says in text, text
                return
            shown = place.show(*flags, **(environment or {}))
            assert warns in place.text and bool(warns) == bool(place.text), place.text
            for name, want in wanted.items():
                value, source = shown[name.replace("_", "-")]
                if isinstance(want, tuple):
                    assert value == want[0] and want[1] in source, (name, value, source)
                else:
                    assert value == want, (name, value, source)

    tap.case("/config/" + path)(run)


# Defaults, and who wins.

expect(
    "defaults",
    url=(URL, "default"),
    username=("local", "default"),
    accesskey=None,
    brain=None,
    predict=None,
    proxy=None,
    record=None,
    retry_timeout=(300, "default"),
    network_timeout=(60, "default"),
    call_timeout=10,
    instances=1,
    seed=None,
    strict=False,
    set=[],
    log=[],
    verbose=False,
    mute=False,
)

DEV = "[DEFAULT]\nprofile = dev\nusername = alice\naccesskey = k\n[dev]\nurl = https://dev.test\n"

expect("59-home-file", home=DEV, url=("https://dev.test", "/home/.bonsai, profile dev"), username="alice")
expect("59-local-file", here=DEV, url=("https://dev.test", "/here/.bonsai, profile dev"))
expect(
    "59-local-overrides-home-by-key",
    home=DEV,
    here="[DEFAULT]\nusername = bob\n",
    username=("bob", "/here/.bonsai"),
    url="https://dev.test",
)
expect(
    "59-profile-in-each-file",
    home="[DEFAULT]\nprofile = dev\n[dev]\nurl = https://home.test\nusername = alice\n",
    here="[dev]\nurl = https://here.test\n",
    url=("https://here.test", "/here/.bonsai, profile dev"),
    username=("alice", "/home/.bonsai, profile dev"),
    profile=("dev", "/home/.bonsai"),
)
expect(
    "59-profile-beats-default-of-a-later-file",
    home="[dev]\nurl = https://dev.test\n",
    here="[DEFAULT]\nprofile = dev\nurl = https://default.test\n",
    url="https://dev.test",
)
expect(
    "59-own-file-comes-first",
    own="[DEFAULT]\nurl = https://own.test\nusername = carol\n",
    home="[DEFAULT]\nurl = https://home.test\n",
    url="https://home.test",
    username=("carol", "/simhost/config"),
)
expect(
    "59-missing-profile",
    home="[DEFAULT]\nprofile = nowhere\nurl = https://x.test\n",
    warns="nowhere",
    url="https://x.test",
)
expect(
    "59-profile-by-flag",
    flags=["--profile", "prod"],
    home=DEV + "[prod]\nurl = https://prod.test\n",
    url="https://prod.test",
    profile=("prod", "--profile"),
    username="alice",
)
expect("110-profile-inherits-default", home=DEV, username=("alice", "/home/.bonsai"), accesskey="********")

expect("60-keys-in-odd-case", home="[DEFAULT]\nUserName = alice\nURL: https://x.test\n", username="alice", url="https://x.test")
expect("60-section-is-not", home="[default]\nusername = alice\n", username="local")
expect(
    "60-comments",
    home="# one\n; two\n\n[DEFAULT]\n  # three\nusername = al#ice ; x\n",
    username="al#ice ; x",
)
expect("60-colon-and-equals", home="[DEFAULT]\nusername : a=b\nurl=https://x.test:8\n", username="a=b", url="https://x.test:8")
expect("60-crlf-and-mark", home=b"\xef\xbb\xbf[DEFAULT]\r\nusername = alice\r\n", username="alice")
expect("60-last-of-two", home="[DEFAULT]\nusername = a\nusername = b\n", username="b")
expect("60-unknown-keys", home="[DEFAULT]\nuse_color = maybe\nother = 1\n  more\n", username="local")

for name, text, says in (
    ("no-section", "username = alice\n", "line 1"),
    ("no-value", "[DEFAULT]\n\nusername\n", "line 3"),
    ("no-key", "[DEFAULT]\n= alice\n", "line 2"),
    ("open-section", "[DEFAULT\n", "line 1"),
    ("not-text", b"[DEFAULT]\nusername = \xff\n", "UTF-8"),
    ("nul", b"[DEFAULT]\nusername = a\0b\n", "UTF-8"),
    ("long-line", "[DEFAULT]\nusername = " + "x" * 5000, "line 2"),
    ("large", "#" * 80 + "\n" * 70000, "larger than"),
):
    expect("bad-file/" + name, home=text, status=1, says=says)
    expect("bad-file/" + name + "-is-named", home=text, status=1, says="/home/.bonsai")


@tap.case("/config/bad-file/no-ordinary-file")
def no_ordinary_file():
    with Place() as place:
        os.mkfifo(place.home / ".bonsai")
        (place.here / ".bonsai").mkdir()
        assert place.show()["url"][0] == URL
        assert place.text.count("ordinary") == 2, place.text


@tap.case("/config/no-file-is-made")
def no_file_is_made():
    with Place() as place:
        place.show()
        assert not (place.home / ".bonsai").exists()


@tap.case("/config/like-configparser")
def like_configparser():
    texts = (
        DEV,
        "[DEFAULT]\nusername=a\n[b c]\nurl:x://y\n",
        "[DEFAULT]\nusername =  spaces at both ends \t\n",
        "[DEFAULT]\n   username = indented\n   url = x://z\n",
        "[DEFAULT]\nusername =\n  below\n",
        "[DEFAULT]\nusername = \nurl = x://y\n",
        "[DEFAULT]\nusername = [x]\n[odd]]\nurl=x://1\n[DEFAULT]\nurl = x://2\n",
        "[DEFAULT]\nusername = %(url)s %% ${x}\nurl = x://y?a=b:c\n",
    )
    for text in texts:
        oracle = configparser.RawConfigParser(strict=False)
        oracle.read_string(text)
        for profile in ["DEFAULT", *oracle.sections()]:
            with Place() as place:
                place.write(home=text)
                shown = place.show("--profile", profile)
                for key in ("username", "url"):
                    want = oracle.get(profile, key, fallback=None)
                    if want is not None:
                        assert shown[key][0] == want, (text, profile, key, shown[key])


# URLs.

expect("57-no-scheme-in-a-file", home="[DEFAULT]\nurl = api.test:8443/x\n", url="https://api.test:8443/x")
expect("57-no-scheme-in-a-flag", flags=["--url", "api.test"], status=2, says="https://api.test")
expect("57-scheme-kept", flags=["--url=ws://h:1/p/"], url=("ws://h:1/p/", "--url"))
expect("58-ipv6", flags=["--url", "http://[::1]:8010"], url="http://[::1]:8010")
expect("url-password-is-hidden", flags=["--url", "http://a:secret@h"], url="http://********@h")

# .brains and the environment.

expect("brains", brains='{"brains":[{"name":"a"},{"name":"b","default":true}]}', brain=("b", "/here/.brains"))
expect("65-brains-without-default", brains='{"brains":[{"name":"a","default":false},{"name":"b"}]}', brain=None)
expect("65-brains-empty-list", brains='{"brains":[]}', brain=None)
for name, text in (
    ("text", "brains"),
    ("cut", '{"brains":['),
    ("empty", ""),
    ("list", "[]"),
    ("no-brains", "{}"),
    ("brains-is-text", '{"brains":"x"}'),
    ("entry-is-text", '{"brains":["x"]}'),
    ("no-name", '{"brains":[{"default":true}]}'),
    ("number-for-name", '{"brains":[{"name":1,"default":true}]}'),
    ("deep", "[" * 60000),
):
    expect("65-brains-malformed/" + name, brains=text, status=1, says="/here/.brains")

TRAIN = {"BONSAI_TRAIN_BRAIN": "e"}
BRAINS = '{"brains":[{"name":"b","default":true}]}'
expect("precedence/environment", environment=TRAIN, brain=("e", "environment BONSAI_TRAIN_BRAIN"))
expect("precedence/brains-file", environment=TRAIN, brains=BRAINS, brain="b")
expect("precedence/flag", environment=TRAIN, brains=BRAINS, flags=["--brain", "f"], brain=("f", "--brain"))
expect(
    "precedence/legacy-flag",
    brains=BRAINS,
    flags=["--train-brain", "l", "--brain", "f"],
    brain=("l", "--train-brain"),
)
expect("precedence/flag-over-profile", home=DEV, flags=["--url", "http://f.test"], url="http://f.test")
KEY = {"SIMHOST_ACCESS_KEY": "from-environment"}
expect("precedence/key-environment", environment=KEY, accesskey=("********", "environment SIMHOST_ACCESS_KEY"))
expect("precedence/key-file", environment=KEY, home=DEV, accesskey=("********", "/home/.bonsai"))
for value, want in (("True", True), ("true", False), ("1", False), ("", False)):
    expect(f"headless/{value or 'empty'}", environment={"BONSAI_HEADLESS": value}, headless=want)

# Flags.

for flag, want in (("--predict", "latest"), ("--predict=latest", "latest"), ("--predict=0", 0), ("--predict=3", 3)):
    expect(f"61-predict/{flag}", flags=[flag], predict=(want, "--predict"))
for flag in ("--predict=-1", "--predict=x", "--predict=", "--predict=1.5", "--predict=99999999999"):
    expect(f"61-predict/{flag}", flags=[flag], status=2, says=flag)
expect("61-predict/bare-takes-no-word", flags=["--predict", "counter"], predict="latest")
expect("61-predict/legacy-version", flags=["--predict-version", "7"], predict=(7, "--predict-version"))
expect("61-predict/legacy-latest", flags=["--predict-version", "latest"], predict="latest")
expect("61-predict/legacy-wins", flags=["--predict-version=2", "--predict=9"], predict=2)
expect("61-predict/legacy-brain-alone", flags=["--predict-brain", "x"], predict=None, brain=None)

for name in ("a.json", "a.csv", "x/.csv", ".json"):
    expect(f"62-record/{name.replace('/', '_')}", flags=["--record", name], record=(name, "--record"))
for name in ("a.JSON", "a.txt", "a.csv.gz", "json", "a.csv ", "acsv"):
    expect(f"62-record/{name}", flags=["--record", name], status=2, says=name)

expect("62-record/name-of-two-lines", flags=["--record", "a\nb\x1b.txt"], status=2, says="'a b .txt'")
expect("63-unknown-flag", flags=["--unheard-of", "--brand=x", "--brai=y", "-q"], brain=None)
expect("63-no-abbreviation", flags=["--user=x", "--ret=1"], username="local", retry_timeout=300)
expect(
    "63-without-effect",
    flags=["--performance", "--legacy", "--recording-file", "f", "--headless"],
    record=None,
)
for name, flags, says in (
    ("64-retry-timeout", ["--retry-timeout", "-2"], "--retry-timeout=-2"),
    ("64-retry-timeout-text", ["--retry-timeout=soon"], "soon"),
    ("64-retry-timeout-fraction", ["--retry-timeout=1.5"], "1.5"),
    ("64-retry-timeout-large", ["--retry-timeout=99999999999"], "99999999999"),
    ("64-network-timeout", ["--network-timeout", "0"], "--network-timeout=0"),
    ("64-network-timeout-text", ["--network-timeout", "x"], "--network-timeout=x"),
    ("call-timeout", ["--call-timeout", "0"], "--call-timeout=0"),
    ("instances", ["--instances", "1025"], "1 to 1024"),
    ("seed", ["--seed", "18446744073709551616"], "--seed="),
    ("aad", ["--aad"], "--accesskey"),
    ("value-missing", ["--brain"], "--brain needs a value"),
    ("value-is-a-flag", ["--brain", "--predict"], "--brain needs a value"),
    ("log-without-domain", ["--log"], "--log needs a value"),
    ("switch-with-value", ["--verbose=yes"], "--verbose takes no value"),
    ("not-text", [b"--brain=\xff"], "UTF-8"),
):
    expect(name, flags=flags, status=2, says=says)
expect("64-retry-timeout-forever", flags=["--retry-timeout", "-1"], retry_timeout=-1)
expect("64-retry-timeout-never", flags=["--retry-timeout=0"], retry_timeout=0)
expect("seed/largest", flags=["--seed", str(2**63 - 1)], seed=2**63 - 1)
expect("flags/last-wins", flags=["--brain", "a", "--brain=b"], brain="b")
expect("flags/empty-value", flags=["--brain="], brain="")
expect("flags/both-spellings", flags=["--access-key", "x"], accesskey=("********", "--access-key"))
expect("flags/log", flags=["--log", "network", "none", "--mute", "--log", "x"], log=["network", "none", "x"], mute=True)
expect("flags/set", flags=["--set", "a=1", "--set=b=x=y"], set=["a=1", "b=x=y"])


@tap.case("/config/show-config/text")
def show_text():
    with Place() as place:
        place.write(home=DEV)
        status, out, text = place.call("--show-config", "--proxy", "u:Open.Sesame@p:1")
        assert status == 0 and text == "", text
        lines = out.splitlines()
        assert f"accesskey = ******** ({place.home}/.bonsai)" in lines, out
        assert "proxy = http://********@p:1 (--proxy)" in lines, out
        assert "brain = not set (default)" in lines, out
        assert "Sesame" not in out


@tap.case("/config/show-config/json-alone")
def json_alone():
    with Place() as place:
        status, _, text = place.call("--json")
        assert status == 2 and "--show-config" in text, text


@tap.case("/config/help")
def show_help():
    with Place() as place:
        for flag in ("--help", "-h"):
            status, out, text = place.call(flag)
            assert status == 0 and text == "", text
            for name in place.show():
                if name != "headless":
                    assert f"--{name}" in out, name
            assert "--train-brain" not in out


# Proxies. The engine's host is not this machine, or none of the environment's
# would be used.

HTTP = ["--url", "http://engine.test:8010"]
HTTPS = ["--url", "https://engine.test"]
ALL = {"http_proxy": "http://h:1", "https_proxy": "http://s:2", "all_proxy": "http://a:3"}

for name, flags, environment, want in (
    ("flag-first", [*HTTPS, "--proxy", "p:9"], ALL, ("http://p:9", "--proxy")),
    ("https", HTTPS, ALL, ("http://s:2", "environment https_proxy")),
    ("wss", ["--url", "wss://engine.test"], ALL, ("http://s:2", "environment https_proxy")),
    ("https-falls-back", HTTPS, {"http_proxy": "h:1", "all_proxy": "a:3"}, ("http://h:1", "http_proxy")),
    ("http", HTTP, ALL, ("http://h:1", "environment http_proxy")),
    ("all", HTTP, {"all_proxy": "a:3", "https_proxy": "s:2"}, ("http://a:3", "environment all_proxy")),
    ("capitals", HTTP, {"HTTP_PROXY": "H:1", "ALL_PROXY": "A:3"}, ("http://H:1", "environment HTTP_PROXY")),
    ("small-letters-first", HTTP, {"HTTP_PROXY": "H:1", "http_proxy": "h:1"}, "http://h:1"),
    ("empty-is-not-set", HTTP, {"http_proxy": "", "all_proxy": "a:3"}, "http://a:3"),
    ("no-scheme-no-port", [*HTTP, "--proxy", "p"], {}, "http://p:80"),
    ("empty-flag-is-none", [*HTTP, "--proxy="], ALL, (None, "--proxy")),
    ("password", [*HTTP, "--proxy", "u:secret@p:1"], {}, "http://********@p:1"),
    ("ipv6", [*HTTP, "--proxy", "http://[::1]:3128"], {}, "http://[::1]:3128"),
    ("no-proxy-name", HTTP, ALL | {"no_proxy": "x.test, engine.test"}, (None, "environment no_proxy")),
    ("no-proxy-domain", HTTP, ALL | {"no_proxy": ".test"}, None),
    ("no-proxy-port", HTTP, ALL | {"no_proxy": "engine.test:8010"}, None),
    ("no-proxy-other-port", HTTP, ALL | {"no_proxy": "engine.test:80"}, "http://h:1"),
    ("no-proxy-star", HTTP, ALL | {"no_proxy": "*"}, None),
    ("no-proxy-capitals", HTTP, ALL | {"NO_PROXY": "engine.test"}, (None, "environment NO_PROXY")),
    ("no-proxy-network", ["--url", "http://10.1.2.3"], ALL | {"no_proxy": "10.0.0.0/8"}, None),
    ("no-proxy-other", HTTP, ALL | {"no_proxy": "gine.test,example.org"}, "http://h:1"),
    ("no-proxy-is-not-for-flags", [*HTTP, "--proxy=p:9"], {"no_proxy": "*"}, "http://p:9"),
    ("this-machine", ["--url", URL], ALL, None),
    ("this-machine-by-name", ["--url", "http://localhost"], ALL, None),
    ("this-machine-by-flag", ["--url", URL, "--proxy", "p:9"], {}, "http://p:9"),
):
    expect(f"56-proxy/{name}", flags=flags, environment=environment, proxy=want)

expect("56-proxy/file", home="[DEFAULT]\nproxy = f:1\n", flags=HTTP, environment=ALL, proxy=("http://f:1", "/home/.bonsai"))
for value in ("socks5://p:1", "https://p:1", "http://p:x", "http://p:99999", "http://:1", "http://p:0", "ftp://p"):
    expect(f"56-proxy/bad/{value.replace('/', '_')}", flags=["--proxy", value], status=2, says="no http proxy")
expect("56-proxy/bad/environment", flags=HTTP, environment={"all_proxy": "socks5://p:1"}, status=2, says="environment all_proxy")
expect("56-proxy/bad/password-is-hidden", flags=["--proxy", "socks5://u:pw@p:1"], status=2, says="socks5://********@p:1")

tap.run()
