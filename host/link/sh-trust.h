/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Whose certificates an engine's may be signed by: those that this machine
 * trusts, and those in the file that the environment names in SSL_CERT_FILE,
 * for people who have an authority of their own. (To the original library,
 * through Python, that file was instead of the machine's; here it is besides.)
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SH_TRUST_FILE_VARIABLE "SSL_CERT_FILE"

/* What one connection has found out. Zeros at first. */
typedef struct
{
  char *fault; /* why the certificate was not accepted; NULL: it was */
} ShTrust;

/* Has a connection that is about to begin its handshake accept what is trusted.
 * `trust` must outlive the handshake. */
void sh_trust_set_up (ShTrust *trust, GTlsConnection *connection);
void sh_trust_clear (ShTrust *trust);

/* Is there TLS at all? It comes with glib-networking. Errors:
 * SH_ERROR_FAILED. */
gboolean sh_trust_check_tls (GError **error);

G_END_DECLS
