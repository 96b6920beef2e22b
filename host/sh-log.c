/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-log.h"

#include <stdio.h>
#include <string.h>

static const char *
find_message (const GLogField *fields, gsize n_fields)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 && fields[i].length == -1)
      return fields[i].value;
  return NULL;
}

static GLogWriterOutput
write_line (GLogLevelFlags level,
            const GLogField *fields,
            gsize n_fields,
            gpointer user_data)
{
  const char *message = find_message (fields, n_fields);
  const char *kind = (level & G_LOG_LEVEL_WARNING) ? "warning: " : "";

  if (message == NULL || !(level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE)))
    return g_log_writer_default (level, fields, n_fields, NULL);
  fprintf (stderr, "%s%s%s\n", (const char *) user_data, kind, message);
  return G_LOG_WRITER_HANDLED;
}

void
sh_log_init (const char *prefix)
{
  g_log_set_writer_func (write_line, (gpointer) prefix, NULL);
}
