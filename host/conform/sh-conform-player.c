/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Episodes for the checks.
 */

#include "sh-conform-player.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-field-type.h"
#include "sh-loop.h"
#include "sh-text.h"

/* ---- what the plugin may ask of its host ---- */

static void
on_log (const SimhostHost *host, uint32_t level, const char *text)
{
  const ShConformPlayer *player = host->reserved;

  sh_text_log (player->simulator->name, level, text);
}

static void
on_set_error (const SimhostHost *host, const char *text)
{
  ShConformPlayer *player = host->reserved;

  g_free (player->text);
  player->text = sh_text_to_line (text, -1);
}

static const void *
on_get_extension (const SimhostHost *host, const char *id)
{
  return NULL;
}

/* ---- random values ---- */

static void
write_number (const SimhostField *field,
              guint8 *values,
              guint index,
              double value)
{
  const ShFieldType *type = sh_field_type_get (field->type);
  guint8 *place = values + field->offset + index * type->size;
  gint64 whole = (gint64) CLAMP (value, -0x1p62, 0x1p62);
  float narrow = (float) value;

  /* Two's complement, little end first: the low bytes are the smaller type. */
  G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);
  if (field->type == SIMHOST_TYPE_DOUBLE)
    memcpy (place, &value, sizeof value);
  else if (field->type == SIMHOST_TYPE_FLOAT)
    memcpy (place, &narrow, sizeof narrow);
  else
    memcpy (place, &whole, type->size);
}

static double
random_number (const SimhostField *field, SimhostRandom *random)
{
  const ShFieldType *type = sh_field_type_get (field->type);
  gboolean whole = type->kind != SH_FIELD_FLOATING;
  gboolean has_min = (field->flags & SIMHOST_FIELD_HAS_MIN) != 0;
  gboolean has_max = (field->flags & SIMHOST_FIELD_HAS_MAX) != 0;
  double min = has_min ? field->min : has_max ? field->max - 1.0 : -1.0;
  double max = has_max ? field->max : min + 2.0;
  double value;

  if (field->n_values > 0)
    return field->values[simhost_random_below (random, field->n_values)].value;
  if (whole)
    {
      min = ceil (MAX (has_min ? min : MIN (0.0, max), type->min));
      max = floor (MIN (has_max ? max : min + 1.0, type->max));
    }
  if (field->flags & SIMHOST_FIELD_HAS_STEP)
    {
      double n = floor ((max - min) / field->step) + 1.0;

      return min +
             field->step *
                 MIN (n - 1.0, floor (simhost_random_uniform (random, 0.0, n)));
    }
  if (whole)
    return MIN (max, floor (simhost_random_uniform (random, min, max + 1.0)));
  value = simhost_random_uniform (random, min, max);
  /* Rounding to a float must not leave the range. */
  if (field->type == SIMHOST_TYPE_FLOAT)
    {
      float narrow = (float) value;

      if ((double) narrow > max)
        narrow = nextafterf (narrow, -INFINITY);
      if ((double) narrow < min)
        narrow = nextafterf (narrow, INFINITY);
      return (double) narrow;
    }
  return value;
}

void
sh_conform_fill (const SimhostSchema *schema,
                 gpointer values,
                 SimhostRandom *random)
{
  for (guint i = 0; i < schema->n_fields; i++)
    {
      const SimhostField *field = &schema->fields[i];

      if (!sh_field_type_is_number (sh_field_type_get (field->type)))
        continue;
      for (guint k = 0; k < field->count; k++)
        write_number (field, values, k, random_number (field, random));
    }
}

/* ---- what was seen ---- */

/* Only what the schema names: bytes between fields may differ. */
void
sh_conform_trace (const ShConformPlayer *player, GByteArray *trace)
{
  const SimhostSchema *schema = &player->simulator->state;

  for (guint i = 0; i < schema->n_fields; i++)
    {
      const SimhostField *field = &schema->fields[i];
      const ShFieldType *type = sh_field_type_get (field->type);
      const guint8 *place = player->state + field->offset;

      if (type->kind == SH_FIELD_TEXT)
        g_byte_array_append (
            trace, place,
            (guint) strnlen ((const char *) place, field->size) + 1);
      else if (type->kind != SH_FIELD_IMAGE)
        g_byte_array_append (trace, place, field->size);
      else
        for (guint k = 0; k < field->count; k++)
          {
            SimhostLuminance image;

            memcpy (&image, place + k * sizeof image, sizeof image);
            g_byte_array_append (trace, (const guint8 *) &image.width,
                                 sizeof image.width);
            g_byte_array_append (trace, (const guint8 *) &image.height,
                                 sizeof image.height);
            if (image.pixels != NULL && image.height != 0 &&
                image.width <= (1u << 24) / image.height)
              g_byte_array_append (trace, (const guint8 *) image.pixels,
                                   image.width * image.height *
                                       (guint) sizeof (float));
          }
    }
  g_byte_array_append (trace, &player->terminal, 1);
}

/* ---- calls ---- */

static void
report (ShConformPlayer *player, const char *call, char *problem)
{
  ShConformRun *run = player->run;

  if (problem == NULL)
    return;
  if (run->problem == NULL && player->playing)
    run->problem =
        g_strdup_printf ("%s, step %u: %s", call, player->step, problem);
  else if (run->problem == NULL)
    run->problem = g_strdup_printf ("%s: %s", call, problem);
  g_free (problem);
}

void
sh_conform_player_enter (ShConformPlayer *player, ShCall call)
{
  g_clear_pointer (&player->text, g_free);
  sh_call_slot_enter (player->run->slot, call);
}

static void
look (ShConformPlayer *player, ShCall call)
{
  sh_call_slot_leave (player->run->slot);
  if (player->run->check->look != NULL)
    report (player, sh_call_to_string (call),
            player->run->check->look (player->run));
}

/* Whether the simulator can go on from there, and nothing was found. */
gboolean
sh_conform_player_leave (ShConformPlayer *player, ShCall call, gint32 status)
{
  look (player, call);
  if (player->run->check->status != NULL)
    report (player, sh_call_to_string (call),
            player->run->check->status (player, call, status));
  if (status == SIMHOST_FATAL)
    player->lost = TRUE;
  return player->run->problem == NULL &&
         (status == SIMHOST_OK || status == SIMHOST_WARNING ||
          (status == SIMHOST_DISCARD && call == SH_CALL_ADVANCE));
}

/* ---- simulators with a loop ---- */

/* An error says what a status would; what ends the loop is always a problem. */
static void
report_loop (ShConformPlayer *player, ShCall call, const GError *error)
{
  gboolean fatal = !g_error_matches (error, SH_ERROR, SH_ERROR_SIMULATOR);

  g_free (player->text);
  player->text = g_strdup (error->message);
  if (fatal)
    player->lost = TRUE;
  if (fatal || player->run->check->status != NULL)
    report (player, sh_call_to_string (call), g_strdup (error->message));
}

static gboolean
init_loop (ShConformPlayer *player)
{
  g_autoptr (GError) error = NULL;

  player->loop = sh_conform_loop_new (player->simulator, player->run->slot,
                                      player->run->seed, &error);
  look (player, SH_CALL_CREATE);
  if (player->loop == NULL)
    report_loop (player, SH_CALL_CREATE, error);
  player->alive = player->loop != NULL;
  return player->alive && player->run->problem == NULL;
}

static void
clear_loop (ShConformPlayer *player)
{
  g_autoptr (GError) error = NULL;

  if (player->loop != NULL &&
      !sh_conform_loop_finish (g_steal_pointer (&player->loop), &error) &&
      !player->lost)
    report (player, "run", g_strdup (error->message));
  look (player, SH_CALL_DESTROY);
}

/* FALSE also when the program has ended by itself. */
static gboolean
play_event (ShConformPlayer *player, ShEventType type, ShOutcome *outcome)
{
  static const ShCall calls[] = {
    [SH_EVENT_EPISODE_START] = SH_CALL_EVENT_START,
    [SH_EVENT_SIMULATE] = SH_CALL_EVENT_SIMULATE,
    [SH_EVENT_EPISODE_FINISH] = SH_CALL_EVENT_FINISH,
  };
  g_autoptr (GError) error = NULL;
  const SimhostReward *wanted = NULL;
  gboolean good;

  sh_simulator_find_reward (player->simulator, "", &wanted, NULL);
  if (wanted == NULL && player->simulator->n_rewards > 0)
    wanted = &player->simulator->rewards[0];

  const ShEvent event = { .type = type,
                          .config = player->config,
                          .config_is_new = !player->configured,
                          .seed = player->seed,
                          .action = player->action,
                          .state = player->state,
                          .reward = wanted };

  good = sh_conform_loop_play (player->loop, &event, outcome, &error);
  look (player, calls[type]);
  if (error != NULL)
    report_loop (player, calls[type], error);
  player->ended = !good && error == NULL;
  if (!good || player->run->problem != NULL)
    return FALSE;
  if (type == SH_EVENT_SIMULATE && wanted != NULL &&
      player->run->check->reward != NULL)
    report (player, "reward",
            player->run->check->reward (wanted, outcome->reward));
  return TRUE;
}

gboolean
sh_conform_player_init (ShConformPlayer *player,
                        ShConformRun *run,
                        const SimhostSimulator *simulator)
{
  gsize size = simulator->state.size;
  gint32 status;

  *player = (ShConformPlayer){ .run = run, .simulator = simulator };
  player->host = (SimhostHost){
    .struct_size = sizeof (SimhostHost),
    .abi_major = SIMHOST_ABI_MAJOR,
    .abi_minor = SIMHOST_ABI_MINOR,
    .name = "simhost",
    .version = SIMHOST_VERSION,
    .log = on_log,
    .set_error = on_set_error,
    .get_extension = on_get_extension,
    .reserved = player,
  };
  player->memory = g_malloc (size + 2 * SH_CONFORM_GUARD);
  memset (player->memory, SH_CONFORM_GUARD_BYTE, size + 2 * SH_CONFORM_GUARD);
  player->state = player->memory + SH_CONFORM_GUARD;
  player->action = g_malloc0 (MAX (simulator->action.size, 1));
  player->config = g_malloc0 (MAX (simulator->config.size, 1));
  if (simulator->config.defaults != NULL)
    memcpy (player->config, simulator->config.defaults, simulator->config.size);
  if (sh_simulator_has_loop (simulator))
    return init_loop (player);
  sh_conform_player_enter (player, SH_CALL_CREATE);
  status = simulator->create (&player->host, &player->self);
  player->alive = sh_conform_player_leave (player, SH_CALL_CREATE, status);
  return player->alive;
}

void
sh_conform_player_clear (ShConformPlayer *player)
{
  sh_conform_player_stop (player);
  if (sh_simulator_has_loop (player->simulator))
    clear_loop (player);
  else if (player->alive && !player->lost)
    {
      sh_conform_player_enter (player, SH_CALL_DESTROY);
      player->simulator->destroy (player->self);
      look (player, SH_CALL_DESTROY);
    }
  player->alive = FALSE;
  g_clear_pointer (&player->text, g_free);
  g_clear_pointer (&player->memory, g_free);
  g_clear_pointer (&player->action, g_free);
  g_clear_pointer (&player->config, g_free);
}

static gboolean
configure (ShConformPlayer *player)
{
  const SimhostSimulator *simulator = player->simulator;

  if (player->configured || simulator->config.n_fields == 0)
    return TRUE;
  sh_conform_player_enter (player, SH_CALL_SET_PROPERTIES);
  player->configured = sh_conform_player_leave (
      player, SH_CALL_SET_PROPERTIES,
      simulator->set_properties (player->self, player->config));
  return player->configured;
}

/* There is a state; `call` gave it. */
static gboolean
see (ShConformPlayer *player, const char *call)
{
  const ShConform *check = player->run->check;

  player->run->n_states++;
  if (check->state != NULL)
    report (player, call, check->state (player));
  if (player->trace != NULL)
    sh_conform_trace (player, player->trace);
  return player->run->problem == NULL;
}

gboolean
sh_conform_player_observe (ShConformPlayer *player)
{
  gint32 status;

  memset (player->state, 0, player->simulator->state.size);
  sh_conform_player_enter (player, SH_CALL_GET_STATE);
  status = player->simulator->get_state (player->self, player->state,
                                         &player->terminal);
  return sh_conform_player_leave (player, SH_CALL_GET_STATE, status) &&
         see (player, "get_state");
}

/* The same by an event. */
static gboolean
observe_event (ShConformPlayer *player, ShEventType type)
{
  ShOutcome outcome;

  memset (player->state, 0, player->simulator->state.size);
  if (!play_event (player, type, &outcome))
    return FALSE;
  player->playing = player->configured = TRUE;
  player->terminal = outcome.terminal;
  if (!see (player, "answer"))
    return FALSE;
  if (player->trace != NULL)
    g_byte_array_append (player->trace, (const guint8 *) &outcome.reward,
                         sizeof outcome.reward);
  return TRUE;
}

static gboolean
evaluate (ShConformPlayer *player)
{
  const SimhostSimulator *simulator = player->simulator;

  for (guint i = 0; i < simulator->n_rewards; i++)
    {
      const SimhostReward *reward = &simulator->rewards[i];
      double value;

      sh_conform_player_enter (player, SH_CALL_REWARD);
      value = reward->evaluate (player->self);
      look (player, SH_CALL_REWARD);
      if (player->run->check->reward != NULL)
        report (player, "reward", player->run->check->reward (reward, value));
      if (player->trace != NULL)
        g_byte_array_append (player->trace, (const guint8 *) &value,
                             sizeof value);
    }
  return player->run->problem == NULL;
}

gboolean
sh_conform_player_begin (ShConformPlayer *player, guint64 seed)
{
  const SimhostSimulator *simulator = player->simulator;
  gint32 status = SIMHOST_OK;

  if (!player->alive || player->lost || player->ended ||
      player->run->problem != NULL)
    return FALSE;
  simhost_random_seed (&player->random, seed);
  player->step = 0;
  player->seed = seed;
  if (player->loop != NULL)
    return observe_event (player, SH_EVENT_EPISODE_START);
  if (!configure (player))
    return FALSE;
  sh_conform_player_enter (player, SH_CALL_RESET);
  if (!sh_conform_player_leave (player, SH_CALL_RESET,
                                simulator->reset (player->self, seed)))
    return FALSE;
  if (simulator->start != NULL)
    {
      sh_conform_player_enter (player, SH_CALL_START);
      status = simulator->start (player->self);
      if (!sh_conform_player_leave (player, SH_CALL_START, status))
        return FALSE;
    }
  player->playing = TRUE;
  return sh_conform_player_observe (player);
}

gboolean
sh_conform_player_step (ShConformPlayer *player)
{
  const SimhostSimulator *simulator = player->simulator;
  gboolean good;

  if (!player->playing || player->lost || player->run->problem != NULL)
    return FALSE;
  sh_conform_fill (&simulator->action, player->action, &player->random);
  player->step++;
  if (player->loop != NULL)
    {
      player->n_steps++;
      return observe_event (player, SH_EVENT_SIMULATE) && player->terminal == 0;
    }
  sh_conform_player_enter (player, SH_CALL_ADVANCE);
  player->status = simulator->advance (player->self, player->action);
  good = sh_conform_player_leave (player, SH_CALL_ADVANCE, player->status);
  player->n_steps++;
  player->n_discarded += player->status == SIMHOST_DISCARD;
  return good && sh_conform_player_observe (player) && evaluate (player) &&
         player->terminal == 0;
}

void
sh_conform_player_stop (ShConformPlayer *player)
{
  if (!player->playing)
    return;
  if (!player->lost && player->loop != NULL)
    {
      ShOutcome outcome;

      play_event (player, SH_EVENT_EPISODE_FINISH, &outcome);
    }
  else if (!player->lost && player->simulator->stop != NULL)
    {
      sh_conform_player_enter (player, SH_CALL_STOP);
      sh_conform_player_leave (player, SH_CALL_STOP,
                               player->simulator->stop (player->self));
    }
  player->playing = FALSE;
}

void
sh_conform_player_episode (ShConformPlayer *player, guint64 seed, guint n_steps)
{
  gboolean on = sh_conform_player_begin (player, seed);

  for (guint i = 0; on && i < n_steps; i++)
    on = sh_conform_player_step (player);
  sh_conform_player_stop (player);
}
