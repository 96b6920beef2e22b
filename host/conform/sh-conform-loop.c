/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-conform-loop.h"

#include <string.h>

#include "sh-conform-player.h"
#include "sh-driver-private.h"
#include "sh-external.h"
#include "sh-loop.h"

/* Steps of an episode on the side. */
#define SIDE_STEPS 50u

typedef struct
{
  ShDriver *driver;
  ShEvent event;
  gpointer action, state;
  guint n_steps;
} Side;

struct ShConformLoop
{
  const SimhostSimulator *simulator;
  ShInstance *instance;
  ShExternal *external; /* NULL: event-driven */
  ShDriver *driver;
  GPtrArray *sides;
  SimhostRandom random; /* of those */
  gpointer config; /* the default one */
};

static void
side_free (gpointer data)
{
  Side *side = data;

  sh_driver_free (side->driver);
  g_free (side->action);
  g_free (side->state);
  g_free (side);
}

/* The next event of an episode on the side, by the last one and its end. */
static void
set_next (ShConformLoop *loop, Side *side, gboolean over)
{
  ShEventType last = side->event.type;

  side->event = (ShEvent){ .type = SH_EVENT_SIMULATE,
                           .action = side->action,
                           .config = loop->config,
                           .seed = loop->sides->len,
                           .state = side->state };
  if (last == SH_EVENT_EPISODE_FINISH)
    side->event.type = SH_EVENT_EPISODE_START;
  else if (over || ++side->n_steps > SIDE_STEPS)
    side->event.type = SH_EVENT_EPISODE_FINISH;
  if (last != SH_EVENT_SIMULATE)
    side->n_steps = 0;
  sh_conform_fill (&loop->simulator->action, side->action, &loop->random);
}

static gboolean
serve_side (ShConformLoop *loop, Side *side, GError **error)
{
  const ShDriverClass *klass = side->driver->klass;
  ShOutcome outcome = { 0 };
  ShDriverResult result =
      klass->collect (side->driver, &side->event, &outcome, error);

  while (result == SH_DRIVER_DONE)
    {
      set_next (loop, side, outcome.terminal);
      outcome = (ShOutcome){ 0 };
      result = klass->post (side->driver, &side->event, &outcome, error);
    }
  return result != SH_DRIVER_FAILED;
}

static gboolean
add_side (ShConformLoop *loop, GError **error)
{
  Side *side = g_new0 (Side, 1);
  ShOutcome outcome = { 0 };

  side->driver = sh_external_add_seat (loop->external, NULL);
  side->action = g_malloc0 (MAX (loop->simulator->action.size, 1));
  side->state = g_malloc0 (MAX (loop->simulator->state.size, 1));
  g_ptr_array_add (loop->sides, side);
  side->event.type = SH_EVENT_EPISODE_FINISH;
  set_next (loop, side, FALSE);
  return side->driver->klass->post (side->driver, &side->event, &outcome,
                                    error) != SH_DRIVER_FAILED;
}

static gboolean
serve_sides (ShConformLoop *loop, GError **error)
{
  for (guint i = 0; i < loop->sides->len; i++)
    if (!serve_side (loop, loop->sides->pdata[i], error))
      return FALSE;
  while (loop->external != NULL &&
         loop->sides->len + 1 < sh_external_get_n_wanted (loop->external))
    if (!add_side (loop, error))
      return FALSE;
  return TRUE;
}

/* It is enough that the main context has woken up. */
static void
on_changed (gpointer user_data)
{
}

ShConformLoop *
sh_conform_loop_new (const SimhostSimulator *simulator,
                     ShCallSlot *slot,
                     guint64 seed,
                     GError **error)
{
  ShInstance *instance = sh_instance_new (simulator, slot, error);
  ShConformLoop *loop;
  gboolean started;

  if (instance == NULL)
    return NULL;
  loop = g_new0 (ShConformLoop, 1);
  loop->simulator = simulator;
  loop->instance = instance;
  loop->sides = g_ptr_array_new_with_free_func (side_free);
  loop->config = g_malloc0 (MAX (simulator->config.size, 1));
  if (simulator->config.defaults != NULL)
    memcpy (loop->config, simulator->config.defaults, simulator->config.size);
  simhost_random_seed (&loop->random, seed);
  if (sh_simulator_is_external (simulator))
    {
      loop->external =
          sh_external_new (&(ShExternalOptions){ .instance = instance,
                                                 .slot = slot,
                                                 .seeds_of_events = TRUE,
                                                 .changed = on_changed });
      loop->driver = sh_external_add_seat (loop->external, NULL);
      started = sh_external_start (loop->external, error);
    }
  else
    {
      loop->driver = sh_driver_new (instance, slot);
      started = sh_driver_start (loop->driver, error);
    }
  if (started)
    return loop;
  sh_conform_loop_finish (loop, NULL);
  return NULL;
}

gboolean
sh_conform_loop_play (ShConformLoop *loop,
                      const ShEvent *event,
                      ShOutcome *outcome,
                      GError **error)
{
  const ShDriverClass *klass = loop->driver->klass;
  ShDriverResult result;

  *outcome = (ShOutcome){ 0 };
  if (klass->check != NULL && !klass->check (loop->driver, error))
    return FALSE;
  result = klass->post (loop->driver, event, outcome, error);
  while (result == SH_DRIVER_BUSY)
    {
      if (loop->external != NULL && sh_external_has_ended (loop->external))
        return FALSE;
      g_main_context_iteration (NULL, TRUE);
      if (!serve_sides (loop, error) ||
          (klass->check != NULL && !klass->check (loop->driver, error)))
        return FALSE;
      result = klass->collect (loop->driver, event, outcome, error);
    }
  return result == SH_DRIVER_DONE;
}

gboolean
sh_conform_loop_finish (ShConformLoop *loop, GError **error)
{
  ShDriverResult result;

  while ((result = loop->external != NULL
                       ? sh_external_finish (loop->external, error)
                       : sh_driver_finish (loop->driver, error)) ==
         SH_DRIVER_BUSY)
    g_main_context_iteration (NULL, TRUE);
  g_ptr_array_unref (loop->sides);
  sh_driver_free (loop->driver);
  sh_external_free (loop->external);
  sh_instance_free (loop->instance);
  g_free (loop->config);
  g_free (loop);
  return result == SH_DRIVER_DONE;
}
