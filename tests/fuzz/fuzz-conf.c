/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds texts to the reader of simhost.conf.
 */

#include "sh-conf-file.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (ShConfFile) file = NULL;
  g_autofree char *text = NULL;

  /* What is read from a file is UTF-8 without NUL, and limited. */
  if (size > 64 * 1024 ||
      !g_utf8_validate_len ((const char *) data, size, NULL))
    return 0;
  text = g_strndup ((const char *) data, size);
  file = sh_conf_file_parse ("x", text);
  /* Whatever it takes, a unit can be made of. */
  for (guint i = 0; i < file->sessions->len; i++)
    g_assert (sh_unit_settings_check (file->sessions->pdata[i], NULL));
  for (guint i = 0; i < file->warnings->len; i++)
    g_assert (g_utf8_validate (file->warnings->pdata[i], -1, NULL));
  return 0;
}
