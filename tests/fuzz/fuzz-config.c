/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds texts to the readers of `.bonsai` and `.brains`, and to that of proxies'
 * addresses. The first byte says which.
 */

#include <string.h>

#include "sh-brains-file.h"
#include "sh-ini.h"
#include "sh-proxy.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
read_ini (const char *text)
{
  g_autoptr (ShIni) ini = sh_ini_new ();
  g_autoptr (GError) error = NULL;
  gboolean good = sh_ini_add (ini, "x", text, &error);
  const char *path = NULL;

  g_assert (good == (error == NULL));
  if (sh_ini_lookup (ini, SH_INI_DEFAULT, "url", &path) != NULL)
    g_assert (good && strcmp (path, "x") == 0 &&
              sh_ini_has_section (ini, SH_INI_DEFAULT));
}

static void
read_brains (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = sh_brains_file_parse ("x", text, &error);

  g_assert (name == NULL || error == NULL);
}

/* What is normal stays as it is. */
static void
read_proxy (const char *text)
{
  g_autofree char *normal = sh_proxy_normalise (text);
  g_autofree char *again = normal != NULL ? sh_proxy_normalise (normal) : NULL;

  g_assert (normal == NULL || g_strcmp0 (normal, again) == 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static void (*const readers[]) (const char *) = { read_ini, read_brains,
                                                    read_proxy };
  g_autofree char *text = NULL;

  /* What is read from a file is UTF-8 without NUL. */
  if (size == 0 ||
      !g_utf8_validate_len ((const char *) data + 1, size - 1, NULL))
    return 0;
  text = g_strndup ((const char *) data + 1, size - 1);
  readers[data[0] % G_N_ELEMENTS (readers)](text);
  return 0;
}
