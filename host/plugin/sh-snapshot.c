/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-snapshot.h"

#include <string.h>

#include "sh-error.h"
#include "sh-extension.h"

struct ShSnapshot
{
  char *simulator; /* its name: bytes are for no other */
  gboolean first; /* the state is the first of its episode */
  GBytes *bytes;
};

ShSnapshot *
sh_snapshot_new (ShInstance *instance, GError **error)
{
  const SimhostSimulator *simulator = sh_instance_get_simulator (instance);
  SimhostSnapshot table;
  ShSnapshot *snapshot;
  GBytes *bytes;

  if (!sh_extension_get_snapshot (simulator, sh_instance_get_slot (instance),
                                  &table, error))
    return NULL;
  bytes = sh_instance_save (instance, &table, error);
  if (bytes == NULL)
    return NULL;
  snapshot = g_new (ShSnapshot, 1);
  snapshot->simulator = g_strdup (simulator->name);
  snapshot->first = sh_instance_is_first (instance);
  snapshot->bytes = bytes;
  return snapshot;
}

gboolean
sh_snapshot_restore (const ShSnapshot *snapshot,
                     ShInstance *instance,
                     GError **error)
{
  const SimhostSimulator *simulator = sh_instance_get_simulator (instance);
  SimhostSnapshot table;

  if (!g_str_equal (snapshot->simulator, simulator->name))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                   "simulator '%s' cannot take a snapshot of '%s'",
                   simulator->name, snapshot->simulator);
      return FALSE;
    }
  return sh_extension_get_snapshot (simulator, sh_instance_get_slot (instance),
                                    &table, error) &&
         sh_instance_restore (instance, &table, snapshot->bytes,
                              snapshot->first, error);
}

GBytes *
sh_snapshot_get_bytes (const ShSnapshot *snapshot)
{
  return snapshot->bytes;
}

void
sh_snapshot_free (ShSnapshot *snapshot)
{
  if (snapshot == NULL)
    return;
  g_bytes_unref (snapshot->bytes);
  g_free (snapshot->simulator);
  g_free (snapshot);
}
