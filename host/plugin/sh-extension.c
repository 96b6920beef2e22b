/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-extension.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"

const char *const sh_extension_names[] = { SIMHOST_RENDER_ID,
                                           SIMHOST_SNAPSHOT_ID, NULL };

static const void *
ask (const SimhostSimulator *simulator, ShCallSlot *slot, const char *id)
{
  const void *table;

  if (simulator->get_extension == NULL)
    return NULL;
  sh_call_slot_enter (slot, SH_CALL_EXTENSION);
  table = simulator->get_extension (id);
  sh_call_slot_leave (slot);
  return table;
}

guint32
sh_extension_list (const SimhostSimulator *simulator, ShCallSlot *slot)
{
  guint32 set = 0;

  for (guint i = 0; sh_extension_names[i] != NULL; i++)
    if (ask (simulator, slot, sh_extension_names[i]) != NULL)
      set |= 1u << i;
  return set;
}

static gboolean G_GNUC_PRINTF (4, 5) refuse (const SimhostSimulator *simulator,
                                             const char *id,
                                             GError **error,
                                             const char *format,
                                             ...)
{
  g_autofree char *problem = NULL;
  va_list arguments;

  va_start (arguments, format);
  problem = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN, "simulator '%s': %s: %s",
               simulator->name, id, problem);
  return FALSE;
}

/* Copies what the plugin knew, if that is all that revision 1 has. */
static gboolean
copy (const SimhostSimulator *simulator,
      ShCallSlot *slot,
      const char *id,
      gpointer table,
      gsize size,
      GError **error)
{
  const void *given = ask (simulator, slot, id);
  guint32 given_size;

  if (given == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                   "simulator '%s' does not have the extension %s",
                   simulator->name, id);
      return FALSE;
    }
  memcpy (&given_size, given, sizeof given_size);
  if (given_size < size)
    return refuse (simulator, id, error,
                   "struct_size is %u, less than its %" G_GSIZE_FORMAT " bytes",
                   given_size, size);
  memcpy (table, given, size);
  return TRUE;
}

static gboolean
is_range (guint32 min, guint32 preferred, guint32 max)
{
  return min >= 1 && min <= preferred && preferred <= max &&
         max <= SIMHOST_RENDER_MAX_SIDE;
}

gboolean
sh_extension_get_render (const SimhostSimulator *simulator,
                         ShCallSlot *slot,
                         SimhostRender *render,
                         GError **error)
{
  const char *id = SIMHOST_RENDER_ID;

  if (!copy (simulator, slot, id, render, sizeof *render, error))
    return FALSE;
  if (!is_range (render->min_width, render->width, render->max_width) ||
      !is_range (render->min_height, render->height, render->max_height))
    return refuse (simulator, id, error,
                   "sizes %ux%u <= %ux%u <= %ux%u are not in order from 1 to "
                   "%u",
                   render->min_width, render->min_height, render->width,
                   render->height, render->max_width, render->max_height,
                   SIMHOST_RENDER_MAX_SIDE);
  if (!isfinite (render->step_time) || render->step_time < 0.0)
    return refuse (simulator, id, error, "step_time is no length of time");
  return render->render != NULL ||
         refuse (simulator, id, error, "there is no render function");
}

gboolean
sh_extension_get_snapshot (const SimhostSimulator *simulator,
                           ShCallSlot *slot,
                           SimhostSnapshot *snapshot,
                           GError **error)
{
  const char *id = SIMHOST_SNAPSHOT_ID;
  const char *missing;

  if (!copy (simulator, slot, id, snapshot, sizeof *snapshot, error))
    return FALSE;
  missing = snapshot->get_size == NULL  ? "get_size"
            : snapshot->save == NULL    ? "save"
            : snapshot->restore == NULL ? "restore"
                                        : NULL;
  return missing == NULL ||
         refuse (simulator, id, error, "there is no %s function", missing);
}
