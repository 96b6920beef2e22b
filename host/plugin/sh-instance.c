/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Calling a simulator's functions. One table says when a call is legal and what
 * comes after it; each function below is one call between enter and leave.
 *
 * get_state writes into memory of the instance's own, which is followed by a
 * guard: that a plugin writes past its struct is then found at once and costs a
 * copy of the state, where a crash much later would cost somebody a day.
 */

#include "sh-instance.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-strict.h"
#include "sh-text.h"

/* Warnings of one kind that are logged for one instance. */
#define MAX_WARNINGS 10u

struct ShInstance
{
  const SimhostSimulator *simulator;
  SimhostHost host;
  void *self;
  ShCallSlot *slot;
  ShRecording *recording; /* may be NULL */
  ShInstanceObserved observed; /* may be NULL */
  gpointer observed_data;
  ShInstanceState state;
  gboolean begun; /* start was the last call: the state is the first */
  gboolean first; /* the state that was last seen was the first */
  gboolean strict;
  char *text; /* what the running call said with set_error */
  gboolean recordable; /* see sh_instance_set_recordable */
  guint n_warnings[SH_N_CALLS];
  guint8 *values; /* the state struct and its guard */
  ShStrictMark mark;
  ShInstance *next; /* of those that are left alone */
};

/* Bytes that nobody writes by chance, unlike zeros. */
static const guint8 guard[64] = "guard: who writes here has passed the end of "
                                "the state struct";

#define NEW (1u << SH_INSTANCE_NEW)
#define READY (1u << SH_INSTANCE_READY)
#define STARTED (1u << SH_INSTANCE_STARTED)
#define OBSERVED (1u << SH_INSTANCE_OBSERVED)
#define TERMINAL (1u << SH_INSTANCE_TERMINAL)
#define STOPPED (1u << SH_INSTANCE_STOPPED)
#define LOST (1u << SH_INSTANCE_LOST)
#define SAME (-1)

/* The legal states, and the states after. get_state ends in TERMINAL instead
 * when it says so. */
static const struct
{
  guint legal;
  int good, failed;
} rules[] = {
  [SH_CALL_SET_PROPERTIES] = { NEW | STOPPED, SAME, SAME },
  [SH_CALL_RESET] = { NEW | STOPPED, SH_INSTANCE_READY, SAME },
  [SH_CALL_START] = { READY, SH_INSTANCE_STARTED, SH_INSTANCE_STOPPED },
  [SH_CALL_ADVANCE] = { OBSERVED, SH_INSTANCE_STARTED, SH_INSTANCE_LOST },
  [SH_CALL_GET_STATE] = { STARTED, SH_INSTANCE_OBSERVED, SH_INSTANCE_LOST },
  [SH_CALL_REWARD] = { OBSERVED | TERMINAL, SAME, SH_INSTANCE_LOST },
  [SH_CALL_STOP] = { STARTED | OBSERVED | TERMINAL | LOST, SH_INSTANCE_STOPPED,
                     SH_INSTANCE_STOPPED },
  [SH_CALL_DESTROY] = { NEW | STOPPED, SAME, SAME },
  [SH_CALL_RENDER] = { OBSERVED | TERMINAL, SAME, SH_INSTANCE_LOST },
  [SH_CALL_SNAPSHOT_SIZE] = { OBSERVED | TERMINAL, SAME, SH_INSTANCE_LOST },
  [SH_CALL_SAVE] = { OBSERVED | TERMINAL, SAME, SH_INSTANCE_LOST },
  [SH_CALL_RESTORE] = { OBSERVED | TERMINAL, SH_INSTANCE_STARTED,
                        SH_INSTANCE_LOST },
  [SH_CALL_RUN] = { NEW, SAME, SAME },
};

static const char *const state_names[] = {
  [SH_INSTANCE_NEW] = "NEW",           [SH_INSTANCE_READY] = "READY",
  [SH_INSTANCE_STARTED] = "STARTED",   [SH_INSTANCE_OBSERVED] = "OBSERVED",
  [SH_INSTANCE_TERMINAL] = "TERMINAL", [SH_INSTANCE_STOPPED] = "STOPPED",
  [SH_INSTANCE_LOST] = "LOST",         [SH_INSTANCE_FAILED] = "FAILED",
};

static void
on_log (const SimhostHost *host, uint32_t level, const char *text)
{
  const ShInstance *instance = host->reserved;

  sh_text_log (instance->simulator->name, level, text);
}

static void
on_set_error (const SimhostHost *host, const char *text)
{
  ShInstance *instance = host->reserved;

  g_free (instance->text);
  instance->text = sh_text_to_line (text, -1);
}

static void
on_record (const SimhostHost *host, const char *key, double value)
{
  ShInstance *instance = host->reserved;

  if (instance->recording != NULL && instance->recordable && key != NULL)
    sh_recording_add (instance->recording, key, value);
}

static const void *
on_get_extension (const SimhostHost *host, const char *id)
{
  return NULL;
}

static gboolean
enter (ShInstance *instance, ShCall call, GError **error)
{
  if (G_UNLIKELY (!(rules[call].legal & (1u << instance->state))))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "simulator '%s': %s called in state %s",
                   instance->simulator->name, sh_call_to_string (call),
                   state_names[instance->state]);
      return FALSE;
    }
  if (G_UNLIKELY (instance->text != NULL))
    g_clear_pointer (&instance->text, g_free);
  if (G_UNLIKELY (instance->strict))
    sh_strict_mark (&instance->mark);
  sh_call_slot_enter (instance->slot, call);
  return TRUE;
}

static void
warn (ShInstance *instance, ShCall call, gint32 status)
{
  guint n = ++instance->n_warnings[call];

  if (n > MAX_WARNINGS)
    return;
  g_warning ("%s: %s: %s%s", instance->simulator->name,
             sh_call_to_string (call),
             instance->text != NULL      ? instance->text
             : status == SIMHOST_DISCARD ? "the action was refused"
                                         : "a warning without a text",
             n == MAX_WARNINGS ? " (no more of these are shown)" : "");
}

static gboolean
fail (ShInstance *instance,
      ShCall call,
      gint32 status,
      const char *reason,
      GError **error)
{
  if (status == SIMHOST_FATAL)
    instance->state = SH_INSTANCE_FAILED;
  else if (rules[call].failed != SAME)
    instance->state = (ShInstanceState) rules[call].failed;
  g_set_error (error, SH_ERROR,
               status == SIMHOST_FATAL ? SH_ERROR_FATAL : SH_ERROR_SIMULATOR,
               "simulator '%s': %s failed%s%s", instance->simulator->name,
               sh_call_to_string (call), reason != NULL ? ": " : "",
               reason != NULL ? reason : "");
  return FALSE;
}

/* What is said of a status that is not good. */
static gboolean
judge (ShInstance *instance, ShCall call, gint32 status, GError **error)
{
  g_autofree char *unknown = NULL;

  if (status == SIMHOST_WARNING ||
      (status == SIMHOST_DISCARD && call == SH_CALL_ADVANCE))
    {
      warn (instance, call, status);
      return TRUE;
    }
  if (status == SIMHOST_ERROR || status == SIMHOST_FATAL)
    return fail (instance, call, status, instance->text, error);
  unknown = g_strdup_printf ("it returned %d, which it may not", status);
  return fail (instance, call, SIMHOST_ERROR, unknown, error);
}

static gboolean
leave (ShInstance *instance, ShCall call, gint32 status, GError **error)
{
  sh_call_slot_leave (instance->slot);
  if (G_UNLIKELY (instance->strict))
    {
      g_autofree char *changed = sh_strict_compare (&instance->mark);

      if (changed != NULL && status != SIMHOST_FATAL)
        return fail (instance, call, SIMHOST_ERROR, changed, error);
    }
  if (G_UNLIKELY (status != SIMHOST_OK) &&
      !judge (instance, call, status, error))
    return FALSE;
  if (rules[call].good != SAME)
    instance->state = (ShInstanceState) rules[call].good;
  return TRUE;
}

/* create has failed: there is nothing to destroy. */
static void
instance_discard (ShInstance *instance)
{
  g_free (instance->text);
  g_free (instance->values);
  g_free (instance);
}

/* Threads of the plugin may still use the host struct of an instance that is
 * left alone: it stays, within reach of who looks for leaks. */
static void
instance_abandon (ShInstance *instance)
{
  static _Atomic (ShInstance *) abandoned;

  instance->slot = NULL;
  instance->recording = NULL;
  instance->next = atomic_load (&abandoned);
  while (!atomic_compare_exchange_weak (&abandoned, &instance->next, instance))
    ;
}

ShInstance *
sh_instance_new (const SimhostSimulator *simulator,
                 ShCallSlot *slot,
                 GError **error)
{
  ShInstance *instance;
  gint32 status;

  g_return_val_if_fail (simulator != NULL, NULL);

  instance = g_new0 (ShInstance, 1);
  instance->simulator = simulator;
  instance->slot = slot;
  instance->recordable = TRUE;
  instance->values = g_malloc (simulator->state.size + sizeof guard);
  memcpy (instance->values + simulator->state.size, guard, sizeof guard);
  instance->host = (SimhostHost){
    .struct_size = sizeof (SimhostHost),
    .abi_major = SIMHOST_ABI_MAJOR,
    .abi_minor = SIMHOST_ABI_MINOR,
    .name = "simhost",
    .version = SIMHOST_VERSION,
    .log = on_log,
    .set_error = on_set_error,
    .get_extension = on_get_extension,
    .reserved = instance,
    .record = on_record,
  };
  sh_call_slot_enter (slot, SH_CALL_CREATE);
  status = simulator->create (&instance->host, &instance->self);
  sh_call_slot_leave (slot);
  if (status == SIMHOST_OK || judge (instance, SH_CALL_CREATE, status, error))
    return instance;
  if (instance->state == SH_INSTANCE_FAILED)
    instance_abandon (instance);
  else
    instance_discard (instance);
  return NULL;
}

void
sh_instance_free (ShInstance *instance)
{
  if (instance == NULL)
    return;
  /* destroy is not legal between reset and start. */
  if (instance->state == SH_INSTANCE_READY)
    sh_instance_start (instance, NULL);
  if (rules[SH_CALL_STOP].legal & (1u << instance->state))
    sh_instance_stop (instance, NULL);
  if (instance->state == SH_INSTANCE_FAILED)
    {
      instance_abandon (instance);
      return;
    }
  sh_call_slot_enter (instance->slot, SH_CALL_DESTROY);
  instance->simulator->destroy (instance->self);
  sh_call_slot_leave (instance->slot);
  instance_discard (instance);
}

void
sh_instance_set_strict (ShInstance *instance, gboolean strict)
{
  instance->strict = strict;
}

void
sh_instance_set_recording (ShInstance *instance, ShRecording *recording)
{
  instance->recording = recording;
}

gpointer
sh_instance_get_self (const ShInstance *instance)
{
  return instance->self;
}

void
sh_instance_set_recordable (ShInstance *instance, gboolean recordable)
{
  instance->recordable = recordable;
}

gboolean
sh_instance_judge_run (ShInstance *instance, gint32 status, GError **error)
{
  return status == SIMHOST_OK || judge (instance, SH_CALL_RUN, status, error);
}

gboolean
sh_instance_is_strict (const ShInstance *instance)
{
  return instance->strict;
}

void
sh_instance_set_observed (ShInstance *instance,
                          ShInstanceObserved observed,
                          gpointer data)
{
  instance->observed = observed;
  instance->observed_data = data;
}

ShCallSlot *
sh_instance_get_slot (const ShInstance *instance)
{
  return instance->slot;
}

gboolean
sh_instance_is_first (const ShInstance *instance)
{
  return instance->first;
}

const SimhostSimulator *
sh_instance_get_simulator (const ShInstance *instance)
{
  return instance->simulator;
}

ShInstanceState
sh_instance_get_state_id (const ShInstance *instance)
{
  return instance->state;
}

gboolean
sh_instance_set_properties (ShInstance *instance,
                            gconstpointer config,
                            GError **error)
{
  const SimhostSimulator *simulator = instance->simulator;
  gint32 status = SIMHOST_OK;

  if (!enter (instance, SH_CALL_SET_PROPERTIES, error))
    return FALSE;
  if (simulator->set_properties != NULL)
    status = simulator->set_properties (instance->self, config);
  return leave (instance, SH_CALL_SET_PROPERTIES, status, error);
}

gboolean
sh_instance_reset (ShInstance *instance, guint64 seed, GError **error)
{
  gint32 status;

  if (!enter (instance, SH_CALL_RESET, error))
    return FALSE;
  status = instance->simulator->reset (instance->self, seed);
  return leave (instance, SH_CALL_RESET, status, error);
}

gboolean
sh_instance_start (ShInstance *instance, GError **error)
{
  gint32 status = SIMHOST_OK;

  if (!enter (instance, SH_CALL_START, error))
    return FALSE;
  if (instance->simulator->start != NULL)
    status = instance->simulator->start (instance->self);
  instance->begun = TRUE;
  return leave (instance, SH_CALL_START, status, error);
}

gboolean
sh_instance_advance (ShInstance *instance, gconstpointer action, GError **error)
{
  gint32 status;

  if (!enter (instance, SH_CALL_ADVANCE, error))
    return FALSE;
  status = instance->simulator->advance (instance->self, action);
  return leave (instance, SH_CALL_ADVANCE, status, error);
}

static gboolean
check_observed (ShInstance *instance, GError **error)
{
  gsize size = instance->simulator->state.size;
  g_autofree char *problem = NULL;

  if (G_UNLIKELY (memcmp (instance->values + size, guard, sizeof guard) != 0))
    {
      problem = g_strdup_printf ("it wrote beyond its state struct of %u bytes",
                                 instance->simulator->state.size);
      return fail (instance, SH_CALL_GET_STATE, SIMHOST_FATAL, problem, error);
    }
  if (G_LIKELY (!instance->strict))
    return TRUE;
  problem = sh_strict_check_values ("state", &instance->simulator->state,
                                    instance->values);
  return problem == NULL ||
         fail (instance, SH_CALL_GET_STATE, SIMHOST_ERROR, problem, error);
}

gboolean
sh_instance_observe (ShInstance *instance,
                     gpointer state,
                     gboolean *terminal,
                     GError **error)
{
  gsize size = instance->simulator->state.size;
  guint8 over = 0;
  gint32 status;

  if (!enter (instance, SH_CALL_GET_STATE, error))
    return FALSE;
  memset (instance->values, 0, size);
  status =
      instance->simulator->get_state (instance->self, instance->values, &over);
  if (!leave (instance, SH_CALL_GET_STATE, status, error) ||
      !check_observed (instance, error))
    return FALSE;
  memcpy (state, instance->values, size);
  instance->first = instance->begun;
  *terminal = over != 0 && !instance->begun;
  instance->begun = FALSE;
  if (*terminal)
    instance->state = SH_INSTANCE_TERMINAL;
  return instance->observed == NULL ||
         instance->observed (instance, instance->observed_data, error);
}

gboolean
sh_instance_evaluate (ShInstance *instance,
                      const SimhostReward *reward,
                      double *value,
                      GError **error)
{
  g_autofree char *problem = NULL;

  if (!enter (instance, SH_CALL_REWARD, error))
    return FALSE;
  *value = reward != NULL ? reward->evaluate (instance->self) : 0.0;
  if (!leave (instance, SH_CALL_REWARD, SIMHOST_OK, error))
    return FALSE;
  if (G_LIKELY (isfinite (*value)))
    return TRUE;
  problem = g_strdup_printf ("'%s' is not a finite number", reward->name);
  return fail (instance, SH_CALL_REWARD, SIMHOST_ERROR, problem, error);
}

gboolean
sh_instance_stop (ShInstance *instance, GError **error)
{
  gint32 status = SIMHOST_OK;

  if (!enter (instance, SH_CALL_STOP, error))
    return FALSE;
  if (instance->simulator->stop != NULL)
    status = instance->simulator->stop (instance->self);
  return leave (instance, SH_CALL_STOP, status, error);
}

gboolean
sh_instance_render (ShInstance *instance,
                    const SimhostRender *render,
                    const SimhostFrame *frame,
                    GError **error)
{
  gsize size = (gsize) frame->stride * frame->height;
  gint32 status;

  if (!enter (instance, SH_CALL_RENDER, error))
    return FALSE;
  memset (frame->pixels, 0, size);
  memcpy (frame->pixels + size, guard, sizeof guard);
  status = render->render (instance->self, frame);
  if (!leave (instance, SH_CALL_RENDER, status, error))
    return FALSE;
  return memcmp (frame->pixels + size, guard, sizeof guard) == 0 ||
         fail (instance, SH_CALL_RENDER, SIMHOST_FATAL,
               "it wrote beyond its frame", error);
}

static gboolean
get_snapshot_size (ShInstance *instance,
                   const SimhostSnapshot *table,
                   guint64 *size,
                   GError **error)
{
  g_autofree char *problem = NULL;

  if (!enter (instance, SH_CALL_SNAPSHOT_SIZE, error))
    return FALSE;
  *size = table->get_size (instance->self);
  if (!leave (instance, SH_CALL_SNAPSHOT_SIZE, SIMHOST_OK, error))
    return FALSE;
  if (*size >= sizeof (SimhostSnapshotTag) &&
      *size <= SIMHOST_SNAPSHOT_MAX_SIZE)
    return TRUE;
  problem = g_strdup_printf ("it says %" G_GUINT64_FORMAT
                             " bytes; from %" G_GSIZE_FORMAT " to %u may be",
                             *size, sizeof (SimhostSnapshotTag),
                             SIMHOST_SNAPSHOT_MAX_SIZE);
  return fail (instance, SH_CALL_SNAPSHOT_SIZE, SIMHOST_ERROR, problem, error);
}

GBytes *
sh_instance_save (ShInstance *instance,
                  const SimhostSnapshot *table,
                  GError **error)
{
  const SimhostSnapshotTag tag = simhost_snapshot_tag (table->version);
  g_autofree guint8 *bytes = NULL;
  guint64 size;
  gint32 status;

  if (!get_snapshot_size (instance, table, &size, error) ||
      !enter (instance, SH_CALL_SAVE, error))
    return NULL;
  bytes = g_malloc0 (size + sizeof guard);
  memcpy (bytes + size, guard, sizeof guard);
  status = table->save (instance->self, bytes, size);
  if (!leave (instance, SH_CALL_SAVE, status, error))
    return NULL;
  if (memcmp (bytes + size, guard, sizeof guard) != 0)
    fail (instance, SH_CALL_SAVE, SIMHOST_FATAL, "it wrote beyond its bytes",
          error);
  else if (memcmp (bytes, &tag, sizeof tag) != 0)
    fail (instance, SH_CALL_SAVE, SIMHOST_ERROR,
          "the bytes do not begin with their tag", error);
  else
    return g_bytes_new_take (g_steal_pointer (&bytes), size);
  return NULL;
}

gboolean
sh_instance_restore (ShInstance *instance,
                     const SimhostSnapshot *table,
                     GBytes *bytes,
                     gboolean first,
                     GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  gint32 status;

  if (!enter (instance, SH_CALL_RESTORE, error))
    return FALSE;
  status = table->restore (instance->self, data, size);
  if (status == SIMHOST_DISCARD)
    {
      sh_call_slot_leave (instance->slot);
      g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                   "simulator '%s': restore: %s", instance->simulator->name,
                   instance->text != NULL ? instance->text
                                          : "the bytes do not fit");
      return FALSE;
    }
  if (!leave (instance, SH_CALL_RESTORE, status, error))
    return FALSE;
  instance->begun = first;
  return TRUE;
}

gboolean
sh_simulator_find_reward (const SimhostSimulator *simulator,
                          const char *name,
                          const SimhostReward **reward,
                          GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  *reward = NULL;
  for (guint i = 0; i < simulator->n_rewards; i++)
    {
      const SimhostReward *row = &simulator->rewards[i];

      if (name[0] != '\0' ? strcmp (row->name, name) == 0
                          : (row->flags & SIMHOST_REWARD_DEFAULT) != 0)
        {
          *reward = row;
          return TRUE;
        }
      g_string_append_printf (known, "%s'%s'", i > 0 ? ", " : "", row->name);
    }
  if (name[0] == '\0')
    return TRUE;
  if (known->len == 0)
    g_string_append (known, "none");
  g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
               "simulator '%s' has no reward '%s'; it has %s", simulator->name,
               name, known->str);
  return FALSE;
}
