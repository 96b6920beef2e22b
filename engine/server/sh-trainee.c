/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The dialogue with a simulator that trains.
 */

#include "sh-trainee.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-plan.h"
#include "sh-wire-codec.h"

void
sh_trainee_let_go (ShTrainee *trainee, const char *reason)
{
  if (trainee->actor != NULL)
    sh_run_remove_actor (trainee->hub->run, trainee->actor);
  trainee->actor = NULL;
  trainee->phase = SH_TRAINEE_FINISHED;
  sh_websocket_close (trainee->session.socket, SH_CLOSE_RESTART, "%s", reason);
}

/* Whether the next concept is trained on the same simulator. */
static gboolean
is_wanted_again (ShTrainHub *hub)
{
  const ShConcept *concept = sh_run_get_concept (hub->run);

  return sh_run_leads_on (hub->run) && !hub->is_last &&
         g_strcmp0 (concept->all[concept->place + 1].source.name,
                    hub->required) == 0;
}

void
sh_trainee_finish (ShTrainee *trainee)
{
  if (is_wanted_again (trainee->hub))
    {
      sh_trainee_let_go (trainee, "the next concept is trained");
      return;
    }
  if (trainee->actor != NULL)
    sh_run_remove_actor (trainee->hub->run, trainee->actor);
  trainee->actor = NULL;
  trainee->phase = SH_TRAINEE_FINISHED;
  sh_sim_session_finish (&trainee->session);
}

/* The simulator did what it may not. Its unfinished episode is dropped. */
G_GNUC_PRINTF (3, 4)
static void
refuse (ShTrainee *trainee, guint code, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_message ("simulator %s: %s", trainee->session.name, reason);
  if (trainee->actor != NULL)
    sh_run_remove_actor (trainee->hub->run, trainee->actor);
  trainee->actor = NULL;
  sh_websocket_close (trainee->session.socket, code, "%s", reason);
}

static void
send (ShTrainee *trainee,
      ShTraineePhase phase,
      ShWire__ServerToSimulator__MessageType type,
      ShExpect expected)
{
  trainee->phase = phase;
  sh_sim_session_send (
      &trainee->session,
      sh_wire_codec_write (trainee->hub->wire, type, trainee->session.sim_id),
      expected);
}

static void
start_episode (ShTrainee *trainee)
{
  send (trainee, SH_TRAINEE_START,
        SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__START, SH_EXPECT_STATE);
}

static void
stop_episode (ShTrainee *trainee)
{
  send (trainee, SH_TRAINEE_STOP,
        SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__STOP, SH_EXPECT_READY);
}

static ShPlan *
get_config_encoder (ShTrainHub *hub, guint lesson, GError **error)
{
  const ShCodec *codec = sh_wire_codec_get_codec (hub->wire);

  if (lesson >= hub->config_encoders->len)
    g_ptr_array_set_size (hub->config_encoders, (int) lesson + 1);
  if (hub->config_encoders->pdata[lesson] == NULL)
    hub->config_encoders->pdata[lesson] = sh_plan_new_encoder (
        sh_run_get_config_schema (hub->run, lesson),
        sh_codec_get_config_table (codec), "the scenario", error);
  return hub->config_encoders->pdata[lesson];
}

static gboolean
encode_config (ShTrainHub *hub, guint lesson, GError **error)
{
  ShPlan *encoder = get_config_encoder (hub, lesson, error);

  g_byte_array_set_size (hub->properties, 0);
  return encoder != NULL &&
         sh_plan_encode (encoder, hub->config, hub->properties, error);
}

/* Remembers the properties; FALSE when they are those of the last episode. */
static gboolean
properties_changed (ShTrainee *trainee,
                    const GByteArray *properties,
                    const char *reward)
{
  gboolean is_same = g_strcmp0 (trainee->reward, reward) == 0;

  trainee->reward = reward;
  if (trainee->properties == NULL)
    trainee->properties = g_byte_array_new ();
  else if (is_same && trainee->properties->len == properties->len &&
           (properties->len == 0 ||
            memcmp (trainee->properties->data, properties->data,
                    properties->len) == 0))
    return FALSE;

  g_byte_array_set_size (trainee->properties, 0);
  if (properties->len > 0)
    g_byte_array_append (trainee->properties, properties->data,
                         properties->len);
  return TRUE;
}

static void
begin_episode (ShTrainee *trainee)
{
  ShTrainHub *hub = trainee->hub;
  g_autoptr (GError) error = NULL;
  const char *reward;
  guint lesson;

  if (!sh_run_begin_episode (hub->run, trainee->actor, hub->config, &lesson))
    {
      sh_trainee_finish (trainee);
      return;
    }
  if (!encode_config (hub, lesson, &error))
    {
      /* The program's fault, not the simulator's: nobody can go on. */
      sh_run_stop (hub->run, SH_RUN_REASON_FAILED, error);
      sh_trainee_finish (trainee);
      return;
    }
  reward = sh_run_get_concept (hub->run)->lessons[lesson].reward;
  if (!properties_changed (trainee, hub->properties, reward))
    {
      start_episode (trainee);
      return;
    }
  trainee->phase = SH_TRAINEE_PROPERTIES;
  sh_sim_session_send (&trainee->session,
                       sh_wire_codec_write_properties (hub->wire,
                                                       trainee->session.sim_id,
                                                       hub->properties, reward),
                       SH_EXPECT_READY);
}

/* The run's answer to a waiting actor. */
static void
on_action (ShActor *actor, gconstpointer action, gpointer data)
{
  ShTrainee *trainee = data;
  g_autoptr (GError) error = NULL;
  const GByteArray *message;

  g_assert (trainee->phase == SH_TRAINEE_WAIT);

  if (action == NULL)
    {
      stop_episode (trainee);
      return;
    }
  message = sh_wire_codec_write_prediction (trainee->hub->wire,
                                            trainee->session.sim_id, action,
                                            trainee->action, &error);
  if (message == NULL)
    {
      refuse (trainee, SH_CLOSE_SERVER_ERROR, "%s", error->message);
      return;
    }
  trainee->phase = SH_TRAINEE_STEP;
  sh_sim_session_send (&trainee->session, message, SH_EXPECT_STATE);
}

/* What arrived. */

static void
on_ready_after_acknowledge (ShTrainee *trainee,
                            const ShWire__SimulatorToServer *message)
{
  trainee->actor = sh_run_add_actor (trainee->hub->run, on_action, trainee);
  begin_episode (trainee);
}

static void
on_ready_after_properties (ShTrainee *trainee,
                           const ShWire__SimulatorToServer *message)
{
  start_episode (trainee);
}

static void
on_ready_after_stop (ShTrainee *trainee,
                     const ShWire__SimulatorToServer *message)
{
  if (trainee->needs_reset)
    send (trainee, SH_TRAINEE_RESET,
          SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__RESET, SH_EXPECT_READY);
  else
    begin_episode (trainee);
}

static void
on_ready_after_reset (ShTrainee *trainee,
                      const ShWire__SimulatorToServer *message)
{
  begin_episode (trainee);
}

/* The one entry of a STATE, or NULL when the simulator was refused. */
static const ShWire__SimulationSourceData *
get_entry (ShTrainee *trainee, const ShWire__SimulatorToServer *message)
{
  const ShWire__SimulationSourceData *entry;

  if (message->n_state_data != 1)
    {
      refuse (trainee, SH_CLOSE_POLICY, "STATE has %zu entries, expected was 1",
              message->n_state_data);
      return NULL;
    }
  entry = message->state_data[0];
  if (entry->do_not_learn)
    sh_run_exclude_episode (trainee->hub->run, trainee->actor);
  return entry;
}

static void
refuse_value (ShTrainee *trainee, const GError *error)
{
  refuse (trainee,
          g_error_matches (error, SH_ERROR, SH_ERROR_PROTOCOL)
              ? SH_CLOSE_PROTOCOL
              : SH_CLOSE_BAD_VALUE,
          "%s", error->message);
}

static void
observe (ShTrainee *trainee,
         const ShWire__SimulationSourceData *entry,
         double reward,
         gboolean terminal)
{
  ShTrainHub *hub = trainee->hub;
  g_autoptr (GError) error = NULL;
  gconstpointer state;
  /* What the run cannot learn from would end it for everybody: look first. */
  state = sh_wire_codec_decode_state (hub->wire, entry, &error);
  if (state == NULL)
    {
      refuse_value (trainee, error);
      return;
    }
  switch (sh_run_observe (hub->run, trainee->actor, state, reward, terminal))
    {
    case SH_RUN_ACT:
      trainee->phase = SH_TRAINEE_WAIT;
      hub->pending = TRUE;
      sh_turn_request (hub->turn);
      break;
    case SH_RUN_END_EPISODE:
    case SH_RUN_EPISODE_OVER:
    default:
      stop_episode (trainee);
    }
}

static void
on_first_state (ShTrainee *trainee, const ShWire__SimulatorToServer *message)
{
  const ShWire__SimulationSourceData *entry = get_entry (trainee, message);

  if (entry != NULL)
    observe (trainee, entry, 0, FALSE);
}

/* A simulator may have done something else than it was told: that is learnt
 * from then. FALSE: it was refused. */
static gboolean
take_action (ShTrainee *trainee, const ProtobufCBinaryData *taken)
{
  ShTrainHub *hub = trainee->hub;
  g_autoptr (GError) error = NULL;
  gconstpointer action;

  if (taken->len == 0 ||
      sh_wire_codec_is_same_action (hub->wire, trainee->action, taken))
    return TRUE;
  action = sh_wire_codec_decode_action (hub->wire, taken, &error);
  if (action != NULL &&
      sh_run_replace_action (hub->run, trainee->actor, action, &error))
    return TRUE;
  g_prefix_error_literal (&error, "action_taken: ");
  refuse_value (trainee, error);
  return FALSE;
}

static void
on_state (ShTrainee *trainee, const ShWire__SimulatorToServer *message)
{
  const ShWire__SimulationSourceData *entry = get_entry (trainee, message);

  if (entry == NULL || !take_action (trainee, &entry->action_taken))
    return;
  if (!isfinite (entry->reward))
    {
      refuse (trainee, SH_CLOSE_BAD_VALUE, "the reward is not finite");
      return;
    }
  observe (trainee, entry, (double) entry->reward, entry->terminal);
}

/* By phase; NULL where the session expects nothing. */
static void (*const answer_funcs[]) (ShTrainee *trainee,
                                     const ShWire__SimulatorToServer *) = {
  [SH_TRAINEE_ACKNOWLEDGE] = on_ready_after_acknowledge,
  [SH_TRAINEE_PROPERTIES] = on_ready_after_properties,
  [SH_TRAINEE_START] = on_first_state,
  [SH_TRAINEE_STEP] = on_state,
  [SH_TRAINEE_STOP] = on_ready_after_stop,
  [SH_TRAINEE_RESET] = on_ready_after_reset,
  [SH_TRAINEE_FINISHED] = NULL,
};

static void
on_registered (ShSimSession *session)
{
  ShTrainee *trainee = (ShTrainee *) session;

  trainee->phase = SH_TRAINEE_ACKNOWLEDGE;
  session->expected = SH_EXPECT_READY;
}

static void
on_answered (ShSimSession *session, const ShWire__SimulatorToServer *message)
{
  ShTrainee *trainee = (ShTrainee *) session;

  g_assert (answer_funcs[trainee->phase] != NULL);

  answer_funcs[trainee->phase](trainee, message);
}

static void
on_closed (ShSimSession *session)
{
  ShTrainHub *hub = ((ShTrainee *) session)->hub;

  g_ptr_array_remove_fast (hub->trainees, session);
  /* Somebody may wait for the last one to go. */
  sh_turn_request (hub->turn);
}

static const ShSimSessionFuncs session_funcs = {
  on_registered,
  on_answered,
  on_closed,
  "brain no longer training",
};

ShTrainee *
sh_trainee_new (ShTrainHub *hub,
                guint number,
                GIOStream *stream,
                GSocket *socket,
                guint32 sim_id,
                gboolean needs_reset)
{
  ShTrainee *trainee = g_new0 (ShTrainee, 1);

  trainee->hub = hub;
  trainee->needs_reset = needs_reset;
  trainee->action = g_byte_array_new ();
  g_ptr_array_add (hub->trainees, trainee);
  sh_sim_session_init (&trainee->session, &session_funcs, hub->wire,
                       hub->required, stream, socket, sim_id);
  trainee->session.log = hub->log;
  trainee->session.number = number;
  return trainee;
}

void
sh_trainee_free (ShTrainee *trainee)
{
  if (trainee->actor != NULL)
    sh_run_remove_actor (trainee->hub->run, trainee->actor);
  sh_sim_session_clear (&trainee->session);
  g_clear_pointer (&trainee->properties, g_byte_array_unref);
  g_clear_pointer (&trainee->action, g_byte_array_unref);
  g_free (trainee);
}
