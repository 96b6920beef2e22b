/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-loop.h"

#include "sh-error.h"

typedef struct
{
  const char *id, *flag_name;
  guint32 flag, size;
} Kind;

static const Kind event_driven = {
  SIMHOST_EVENT_DRIVEN,
  "SIMHOST_SIMULATOR_EVENT_DRIVEN",
  SIMHOST_SIMULATOR_EVENT_DRIVEN,
  sizeof (SimhostEventDriven),
};

static const Kind external = {
  SIMHOST_EXTERNAL,
  "SIMHOST_SIMULATOR_EXTERNAL",
  SIMHOST_SIMULATOR_EXTERNAL,
  sizeof (SimhostExternalProgram),
};

static gboolean
check_kind (const SimhostSimulator *simulator,
            const Kind *kind,
            ShCallSlot *slot,
            GError **error)
{
  gboolean flagged = (simulator->flags & kind->flag) != 0;
  gconstpointer extension = NULL;

  if (simulator->get_extension != NULL)
    {
      sh_call_slot_enter (slot, SH_CALL_EXTENSION);
      extension = simulator->get_extension (kind->id);
      sh_call_slot_leave (slot);
    }
  if (flagged && extension == NULL)
    g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                 "simulator '%s': has the flag %s, but its get_extension gives "
                 "nothing for %s",
                 simulator->name, kind->flag_name, kind->id);
  else if (!flagged && extension != NULL)
    g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                 "simulator '%s': its get_extension gives something for %s, "
                 "but it does not have the flag %s",
                 simulator->name, kind->id, kind->flag_name);
  else if (flagged && *(const guint32 *) extension < kind->size)
    g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                 "simulator '%s', %s: struct_size is %u, less than %u",
                 simulator->name, kind->id, *(const guint32 *) extension,
                 kind->size);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_members (const SimhostSimulator *simulator, GError **error)
{
  const SimhostEventDriven *events = sh_loop_get_event_driven (simulator);
  const SimhostExternalProgram *program = sh_loop_get_external (simulator);

  if ((events != NULL && events->run == NULL) ||
      (program != NULL && program->run == NULL))
    g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                 "simulator '%s', %s: has no run function", simulator->name,
                 events != NULL ? event_driven.id : external.id);
  else if (program != NULL &&
           program->max_concurrent > SH_EXTERNAL_MAX_CONCURRENT)
    g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                 "simulator '%s', %s: max_concurrent is %u, more than %u",
                 simulator->name, external.id, program->max_concurrent,
                 SH_EXTERNAL_MAX_CONCURRENT);
  else
    return TRUE;
  return FALSE;
}

gboolean
sh_loop_check (const SimhostSimulator *simulator,
               ShCallSlot *slot,
               GError **error)
{
  return check_kind (simulator, &event_driven, slot, error) &&
         check_kind (simulator, &external, slot, error) &&
         check_members (simulator, error);
}

const SimhostEventDriven *
sh_loop_get_event_driven (const SimhostSimulator *simulator)
{
  return sh_simulator_is_event_driven (simulator)
             ? simulator->get_extension (SIMHOST_EVENT_DRIVEN)
             : NULL;
}

const SimhostExternalProgram *
sh_loop_get_external (const SimhostSimulator *simulator)
{
  return sh_simulator_is_external (simulator)
             ? simulator->get_extension (SIMHOST_EXTERNAL)
             : NULL;
}
