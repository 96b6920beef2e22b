# SPDX-License-Identifier: LGPL-2.1-or-later

"""An authority that exists for one test, and the certificates it signs, made by
the openssl command."""

import datetime
import ssl
import subprocess
import tempfile
from pathlib import Path

DAY = datetime.timedelta(days=1)

SETTINGS = """
[ca]
default_ca = authority
[authority]
dir = .
database = index.txt
new_certs_dir = .
serial = serial
certificate = authority.pem
private_key = authority.key
default_md = sha256
policy = any
copy_extensions = copy
x509_extensions = leaf
[leaf]
basicConstraints = CA:false
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
x509_extensions = root
[name]
commonName = test
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""

EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


class Authority:
    """`file` is what those who trust it need."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        (self.path / "settings").write_text(SETTINGS)
        (self.path / "index.txt").write_text("")
        (self.path / "serial").write_text("01\n")
        self.file = str(self.path / "authority.pem")
        self._run("req", "-x509", *EC_KEY, "-subj", "/CN=authority", "-days", "30",
                  "-keyout", "authority.key", "-out", "authority.pem")  # fmt: skip

    def _run(self, command, *arguments):
        subprocess.run(
            ["openssl", command, "-config", "settings", *arguments],
            cwd=self.path,
            check=True,
            capture_output=True,
            timeout=240,
        )

    def sign(self, names, start=-DAY, end=DAY):
        """A context for a server that goes by `names` ("DNS:localhost,
        IP:127.0.0.1"), valid from and until then, seen from now."""
        now = datetime.datetime.now(datetime.timezone.utc)
        first, last = ((now + t).strftime("%Y%m%d%H%M%SZ") for t in (start, end))
        self._run("req", *EC_KEY, "-subj", "/CN=engine", "-addext",
                  f"subjectAltName={names}", "-keyout", "leaf.key", "-out", "leaf.csr")  # fmt: skip
        self._run("ca", "-batch", "-startdate", first, "-enddate", last,
                  "-in", "leaf.csr", "-out", "leaf.pem", "-notext")  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path / "leaf.pem", self.path / "leaf.key")
        # The next one may have the same name.
        (self.path / "index.txt").write_text("")
        return context
