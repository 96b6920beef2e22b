/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-bus-error.h"

#include "sh-error.h"
#include "sh-text.h"

/* The first row of a name is the code that it becomes at the other end. */
static const struct
{
  ShError code;
  const char *name;
} names[] = {
  { SH_ERROR_FAILED, SH_BUS_ERROR_PREFIX "Failed" },
  { SH_ERROR_NOT_FOUND, SH_BUS_ERROR_PREFIX "NotFound" },
  { SH_ERROR_USAGE, SH_BUS_ERROR_PREFIX "Usage" },
  { SH_ERROR_VALUE, SH_BUS_ERROR_PREFIX "Usage" },
  { SH_ERROR_SYNTAX, SH_BUS_ERROR_PREFIX "Syntax" },
  { SH_ERROR_SCHEMA, SH_BUS_ERROR_PREFIX "Schema" },
  { SH_ERROR_BUSY, SH_BUS_ERROR_PREFIX "Busy" },
  { SH_ERROR_LIMIT, SH_BUS_ERROR_PREFIX "Limit" },
  { SH_ERROR_PLUGIN, SH_BUS_ERROR_PREFIX "Plugin" },
  { SH_ERROR_SIMULATOR, SH_BUS_ERROR_PREFIX "Plugin" },
  { SH_ERROR_FATAL, SH_BUS_ERROR_PREFIX "Plugin" },
  { SH_ERROR_CRASHED, SH_BUS_ERROR_PREFIX "Plugin" },
  { SH_ERROR_HUNG, SH_BUS_ERROR_PREFIX "Plugin" },
};

static const char *
get_name (const GError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_error_matches (error, SH_ERROR, (int) names[i].code))
      return names[i].name;
  /* The store's. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    return SH_BUS_ERROR_PREFIX "Busy";
  return names[0].name;
}

void
sh_bus_return_error (GDBusMethodInvocation *invocation, const GError *error)
{
  g_autofree char *line = NULL;

  g_return_if_fail (invocation != NULL && error != NULL);

  line = sh_text_to_line (error->message, -1);
  g_dbus_method_invocation_return_dbus_error (invocation, get_name (error),
                                              line);
}

GError *
sh_bus_error_take (GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i].name))
      {
        g_dbus_error_strip_remote_error (error);
        GError *own =
            g_error_new_literal (SH_ERROR, (int) names[i].code, error->message);

        g_error_free (error);
        return own;
      }
  g_dbus_error_strip_remote_error (error);
  return error;
}
