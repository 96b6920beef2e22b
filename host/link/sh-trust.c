/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-trust.h"

#include "sh-error.h"

static const struct
{
  GTlsCertificateFlags flag;
  const char *fault;
} faults[] = {
  { G_TLS_CERTIFICATE_EXPIRED, "it has expired" },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not valid yet" },
  { G_TLS_CERTIFICATE_REVOKED, "it has been revoked" },
  { G_TLS_CERTIFICATE_INSECURE, "it is signed in an insecure way" },
  { G_TLS_CERTIFICATE_BAD_IDENTITY, "it is for another host" },
  { G_TLS_CERTIFICATE_UNKNOWN_CA,
    "nobody whom this machine trusts has signed it; name the file with your "
    "own authority's certificate in " SH_TRUST_FILE_VARIABLE },
  { G_TLS_CERTIFICATE_GENERIC_ERROR, "it is not valid" },
};

static char *
describe (GTlsCertificateFlags errors)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    if ((errors & faults[i].flag) != 0)
      return g_strdup (faults[i].fault);
  return g_strdup ("it is not valid");
}

/* The certificates of the file; NULL without an error: there is none. */
static GTlsDatabase *
open_file (GError **error)
{
  const char *name = g_getenv (SH_TRUST_FILE_VARIABLE);
  g_autofree char *path = NULL;

  if (name == NULL || *name == '\0')
    return NULL;
  path = g_canonicalize_filename (name, NULL);
  return g_tls_file_database_new (path, error);
}

/* The machine's own certificates did not do. */
static gboolean
on_accept_certificate (GTlsConnection *connection,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       ShTrust *trust)
{
  GSocketConnectable *host = g_tls_client_connection_get_server_identity (
      G_TLS_CLIENT_CONNECTION (connection));
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) file = open_file (&error);

  if (file != NULL)
    {
      GTlsCertificateFlags others = g_tls_database_verify_chain (
          file, certificate, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, host,
          NULL, G_TLS_DATABASE_VERIFY_NONE, NULL, &error);

      if (error == NULL && others == 0)
        return TRUE;
      if (error == NULL && (others & G_TLS_CERTIFICATE_UNKNOWN_CA) == 0)
        errors = others;
    }
  g_free (trust->fault);
  trust->fault =
      error != NULL
          ? g_strdup_printf (SH_TRUST_FILE_VARIABLE ", '%s': %s",
                             g_getenv (SH_TRUST_FILE_VARIABLE), error->message)
          : describe (errors);
  return FALSE;
}

void
sh_trust_set_up (ShTrust *trust, GTlsConnection *connection)
{
  g_return_if_fail (trust != NULL);
  g_return_if_fail (G_IS_TLS_CLIENT_CONNECTION (connection));

  g_signal_connect (connection, "accept-certificate",
                    G_CALLBACK (on_accept_certificate), trust);
}

void
sh_trust_clear (ShTrust *trust)
{
  g_return_if_fail (trust != NULL);

  g_clear_pointer (&trust->fault, g_free);
}

gboolean
sh_trust_check_tls (GError **error)
{
  if (g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    return TRUE;
  g_set_error_literal (error, SH_ERROR, SH_ERROR_FAILED,
                       "wss needs TLS, which GIO lacks here: install "
                       "glib-networking");
  return FALSE;
}
