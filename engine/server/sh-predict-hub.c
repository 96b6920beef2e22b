/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Predictions by websocket.
 */

#include "sh-predict-hub.h"

#include <string.h>

#include "sh-error.h"
#include "sh-sim-session.h"
#include "sh-wire-codec.h"

typedef struct
{
  ShSimSession session; /* first: they are cast into each other */
  ShPredictHub *hub;
  gboolean waits;
  ShEvaluator *evaluator; /* has the state that the action is for */
  float *observation;
  guint8 *mask; /* NULL: all is allowed */
  GByteArray *action;
} Asker;

struct ShPredictHub
{
  ShBrain *brain;
  ShTurn *turn;
  ShWireCodec *wire;
  GPtrArray *askers;
  gint64 used_at; /* monotonic: when there was a connection last */
  guint n_waiting;
  guint64 n_predictions;

  /* One inference: `capacity` rows each. */
  guint capacity;
  Asker **batch;
  float *observations, *actions;
  guint8 *masks; /* NULL: all is allowed */
  gpointer output; /* the concept's, a struct of the codec */
};

static const ShSpace *
get_space (const ShPredictHub *hub)
{
  return sh_codec_get_space (hub->brain->codec);
}

static gsize
get_mask_size (const ShPredictHub *hub)
{
  return sh_codec_get_mask_size (hub->brain->codec);
}

/* What there is to choose by, from the simulator's state. */
static gboolean
see (Asker *asker, gconstpointer state, GError **error)
{
  const ShPredictHub *hub = asker->hub;
  const ShCodec *codec = hub->brain->codec;
  gconstpointer input = sh_evaluator_see (asker->evaluator, state, error);

  return input != NULL &&
         sh_codec_observe (codec, input, asker->observation, error) &&
         sh_codec_mask (codec, asker->evaluator, state, asker->mask, error);
}

static void
on_registered (ShSimSession *session)
{
  session->expected = SH_EXPECT_STATE;
}

static void
on_answered (ShSimSession *session, const ShWire__SimulatorToServer *message)
{
  Asker *asker = (Asker *) session;
  ShPredictHub *hub = asker->hub;
  g_autoptr (GError) error = NULL;
  gconstpointer state;

  if (message->n_state_data == 0)
    {
      sh_websocket_close (session->socket, SH_CLOSE_POLICY,
                          "STATE has no entry");
      return;
    }
  state = sh_wire_codec_decode_state (
      hub->wire, message->state_data[message->n_state_data - 1], &error);
  if (state == NULL || !see (asker, state, &error))
    {
      sh_websocket_close (session->socket,
                          g_error_matches (error, SH_ERROR, SH_ERROR_PROTOCOL)
                              ? SH_CLOSE_PROTOCOL
                              : SH_CLOSE_BAD_VALUE,
                          "%s", error->message);
      return;
    }
  asker->waits = TRUE;
  hub->n_waiting++;
  sh_turn_request (hub->turn);
}

static void
on_closed (ShSimSession *session)
{
  ShPredictHub *hub = ((Asker *) session)->hub;

  g_ptr_array_remove_fast (hub->askers, session);
  /* Somebody may wait for the last one to go. */
  sh_turn_request (hub->turn);
}

static const ShSimSessionFuncs session_funcs = {
  on_registered,
  on_answered,
  on_closed,
  "the engine stops",
};

static void
asker_free (gpointer data)
{
  Asker *asker = data;

  if (asker->waits)
    asker->hub->n_waiting--;
  sh_sim_session_clear (&asker->session);
  g_byte_array_unref (asker->action);
  sh_evaluator_free (asker->evaluator);
  g_free (asker->observation);
  g_free (asker->mask);
  g_free (asker);
}

static void
answer (Asker *asker, const float *action)
{
  ShPredictHub *hub = asker->hub;
  ShSimSession *session = &asker->session;
  g_autoptr (GError) error = NULL;
  const GByteArray *message = NULL;
  gconstpointer taken;

  sh_codec_act (hub->brain->codec, action, hub->output);
  taken = sh_evaluator_act (asker->evaluator, hub->output, &error);
  if (taken != NULL)
    message = sh_wire_codec_write_prediction (hub->wire, session->sim_id, taken,
                                              asker->action, &error);
  if (message == NULL)
    sh_websocket_close (session->socket, SH_CLOSE_SERVER_ERROR, "%s",
                        error->message);
  else if (!session->finished)
    sh_sim_session_send (session, message, SH_EXPECT_STATE);
}

/* Room for a row for everybody. */
static void
reserve (ShPredictHub *hub, guint n)
{
  const ShSpace *space = get_space (hub);

  if (n <= hub->capacity)
    return;
  hub->capacity = MAX (n, 2 * hub->capacity);
  hub->batch = g_renew (Asker *, hub->batch, hub->capacity);
  hub->observations = g_renew (float, hub->observations,
                               (gsize) hub->capacity * space->n_observations);
  if (get_mask_size (hub) > 0)
    hub->masks =
        g_renew (guint8, hub->masks, hub->capacity * get_mask_size (hub));
  hub->actions =
      g_renew (float, hub->actions, (gsize) hub->capacity * space->n_actions);
}

ShPredictHub *
sh_predict_hub_new (ShBrain *brain, ShTurn *turn, GError **error)
{
  g_autoptr (ShPredictHub) hub = g_new0 (ShPredictHub, 1);
  const char *simulator;

  g_return_val_if_fail (brain != NULL, NULL);
  g_return_val_if_fail (turn != NULL, NULL);

  simulator = brain->concept->source.name;
  hub->brain = sh_brain_ref (brain);
  hub->turn = turn;
  hub->used_at = g_get_monotonic_time ();
  hub->askers = g_ptr_array_new_with_free_func (asker_free);
  hub->output =
      g_malloc0 (MAX (sh_codec_get_output_table (brain->codec)->size, 1u));
  hub->wire = sh_wire_codec_new (
      brain->codec, simulator != NULL ? simulator : brain->concept->name,
      error);
  if (hub->wire == NULL)
    return NULL;
  return g_steal_pointer (&hub);
}

void
sh_predict_hub_free (ShPredictHub *hub)
{
  if (hub == NULL)
    return;
  g_ptr_array_unref (hub->askers);
  g_clear_pointer (&hub->wire, sh_wire_codec_free);
  g_free (hub->batch);
  g_free (hub->observations);
  g_free (hub->masks);
  g_free (hub->actions);
  g_free (hub->output);
  sh_brain_unref (hub->brain);
  g_free (hub);
}

gboolean
sh_predict_hub_has_room (const ShPredictHub *hub)
{
  g_return_val_if_fail (hub != NULL, FALSE);

  return hub->askers->len < SH_PREDICT_HUB_MAX_SESSIONS;
}

void
sh_predict_hub_expect (ShPredictHub *hub)
{
  g_return_if_fail (hub != NULL);

  hub->used_at = g_get_monotonic_time ();
}

void
sh_predict_hub_connect (ShPredictHub *hub,
                        GIOStream *stream,
                        GSocket *socket,
                        guint32 sim_id)
{
  Asker *asker;

  g_return_if_fail (hub != NULL);

  asker = g_new0 (Asker, 1);
  asker->hub = hub;
  asker->action = g_byte_array_new ();
  asker->evaluator =
      sh_codec_new_evaluator (hub->brain->codec, hub->brain->concept);
  asker->observation =
      g_new0 (float, MAX (get_space (hub)->n_observations, 1u));
  if (get_mask_size (hub) > 0)
    asker->mask = g_malloc (get_mask_size (hub));
  g_ptr_array_add (hub->askers, asker);
  sh_sim_session_init (&asker->session, &session_funcs, hub->wire,
                       hub->brain->concept->source.name, stream, socket,
                       sim_id);
}

void
sh_predict_hub_dispatch (ShPredictHub *hub)
{
  const ShSpace *space;
  guint n = 0;

  g_return_if_fail (hub != NULL);

  if (hub->n_waiting == 0)
    return;
  space = get_space (hub);
  reserve (hub, hub->n_waiting);
  for (guint i = 0; i < hub->askers->len; i++)
    {
      Asker *asker = hub->askers->pdata[i];

      if (!asker->waits)
        continue;
      asker->waits = FALSE;
      memcpy (hub->observations + (gsize) n * space->n_observations,
              asker->observation, sizeof (float) * space->n_observations);
      if (asker->mask != NULL)
        memcpy (hub->masks + n * get_mask_size (hub), asker->mask,
                get_mask_size (hub));
      hub->batch[n++] = asker;
    }
  hub->n_waiting = 0;
  hub->n_predictions += n;

  sh_policy_act_masked (hub->brain->policy, SH_ACT_GREEDY, n, hub->observations,
                        hub->masks, hub->actions, NULL, NULL);
  for (guint i = 0; i < n; i++)
    answer (hub->batch[i], hub->actions + (gsize) i * space->n_actions);
}

/* From the last to the first: a session that closes leaves the array, and the
 * last one takes its place. */
void
sh_predict_hub_tick (ShPredictHub *hub, gint64 now)
{
  g_return_if_fail (hub != NULL);

  if (hub->askers->len > 0)
    hub->used_at = now;
  for (guint i = hub->askers->len; i > 0; i--)
    sh_sim_session_tick (hub->askers->pdata[i - 1], now);
}

void
sh_predict_hub_finish (ShPredictHub *hub)
{
  g_return_if_fail (hub != NULL);

  for (guint i = 0; i < hub->askers->len; i++)
    sh_sim_session_finish (hub->askers->pdata[i]);
}

guint64
sh_predict_hub_get_n_predictions (const ShPredictHub *hub)
{
  g_return_val_if_fail (hub != NULL, 0);

  return hub->n_predictions;
}

guint
sh_predict_hub_get_n_sessions (const ShPredictHub *hub)
{
  g_return_val_if_fail (hub != NULL, 0);

  return hub->askers->len;
}

gboolean
sh_predict_hub_is_idle (const ShPredictHub *hub, gint64 now)
{
  g_return_val_if_fail (hub != NULL, FALSE);

  return hub->askers->len == 0 &&
         now - hub->used_at >= SH_PREDICT_HUB_IDLE * G_TIME_SPAN_SECOND;
}
