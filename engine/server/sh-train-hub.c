/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Training with simulators that are connected by websocket.
 */

#include "sh-train-hub.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-plan.h"
#include "sh-sim-session.h"
#include "sh-wire-codec.h"

/* Microseconds after which the next concept, whose run takes this one's place at
 * once, does not come any more: it could not be begun. */
#define NEXT_DEADLINE (10 * G_USEC_PER_SEC)

/* What was asked of a simulator last, or what it waits for. */
typedef enum
{
  PHASE_REGISTER,
  PHASE_ACKNOWLEDGE,
  PHASE_PROPERTIES,
  PHASE_START,
  PHASE_WAIT, /* its state is with the run, which owes an action */
  PHASE_STEP,
  PHASE_STOP,
  PHASE_RESET,
  PHASE_FINISHED
} Phase;

struct ShTrainHub
{
  ShRun *run;
  ShTurn *turn;
  ShWireCodec *wire;
  char *required;
  GPtrArray *config_encoders; /* ShPlan by lesson; NULL until used */
  gboolean pending; /* somebody waits for an action, or for the end */
  gint64 stop_deadline; /* monotonic time; 0 until the run stops */
  gint64 finished_at; /* monotonic time of the first tick after its end; or 0 */
  gboolean is_last; /* no other concept is trained after the run's */
  gulong stopping_handler;
  GPtrArray *trainees;
  ShSimLog *log;

  /* Scratch, shared by all trainees. */
  gpointer config; /* the codec's struct */
  GByteArray *properties;
};

/* A connected simulator. */
typedef struct
{
  ShSimSession session; /* first: they are cast into each other */
  ShTrainHub *hub;
  ShActor *actor; /* NULL before READY and after its end */
  Phase phase;
  gboolean needs_reset;
  GByteArray *properties; /* as sent last; NULL: none were sent */
  const char *reward; /* the same; the run's */
  GByteArray *action; /* as sent last */
} Trainee;

/* The simulator connects again. */
static void
let_go (Trainee *trainee, const char *reason)
{
  if (trainee->actor != NULL)
    sh_run_remove_actor (trainee->hub->run, trainee->actor);
  trainee->actor = NULL;
  trainee->phase = PHASE_FINISHED;
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

/* There is nothing more to do here, but perhaps for the next concept. */
static void
finish (Trainee *trainee)
{
  if (is_wanted_again (trainee->hub))
    {
      let_go (trainee, "the next concept is trained");
      return;
    }
  if (trainee->actor != NULL)
    sh_run_remove_actor (trainee->hub->run, trainee->actor);
  trainee->actor = NULL;
  trainee->phase = PHASE_FINISHED;
  sh_sim_session_finish (&trainee->session);
}

/* The simulator did what it may not. Its unfinished episode is dropped. */
G_GNUC_PRINTF (3, 4)
static void
refuse (Trainee *trainee, guint code, const char *format, ...)
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
send (Trainee *trainee,
      Phase phase,
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
start_episode (Trainee *trainee)
{
  send (trainee, PHASE_START, SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__START,
        SH_EXPECT_STATE);
}

static void
stop_episode (Trainee *trainee)
{
  send (trainee, PHASE_STOP, SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__STOP,
        SH_EXPECT_READY);
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
properties_changed (Trainee *trainee,
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
begin_episode (Trainee *trainee)
{
  ShTrainHub *hub = trainee->hub;
  g_autoptr (GError) error = NULL;
  const char *reward;
  guint lesson;

  if (!sh_run_begin_episode (hub->run, trainee->actor, hub->config, &lesson))
    {
      finish (trainee);
      return;
    }
  if (!encode_config (hub, lesson, &error))
    {
      /* The program's fault, not the simulator's: nobody can go on. */
      sh_run_stop (hub->run, SH_RUN_REASON_FAILED, error);
      finish (trainee);
      return;
    }
  reward = sh_run_get_concept (hub->run)->lessons[lesson].reward;
  if (!properties_changed (trainee, hub->properties, reward))
    {
      start_episode (trainee);
      return;
    }
  trainee->phase = PHASE_PROPERTIES;
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
  Trainee *trainee = data;
  g_autoptr (GError) error = NULL;
  const GByteArray *message;

  g_assert (trainee->phase == PHASE_WAIT);

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
  trainee->phase = PHASE_STEP;
  sh_sim_session_send (&trainee->session, message, SH_EXPECT_STATE);
}

/* What arrived. */

static void
on_ready_after_acknowledge (Trainee *trainee,
                            const ShWire__SimulatorToServer *message)
{
  trainee->actor = sh_run_add_actor (trainee->hub->run, on_action, trainee);
  begin_episode (trainee);
}

static void
on_ready_after_properties (Trainee *trainee,
                           const ShWire__SimulatorToServer *message)
{
  start_episode (trainee);
}

static void
on_ready_after_stop (Trainee *trainee, const ShWire__SimulatorToServer *message)
{
  if (trainee->needs_reset)
    send (trainee, PHASE_RESET,
          SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__RESET, SH_EXPECT_READY);
  else
    begin_episode (trainee);
}

static void
on_ready_after_reset (Trainee *trainee,
                      const ShWire__SimulatorToServer *message)
{
  begin_episode (trainee);
}

/* The one entry of a STATE, or NULL when the simulator was refused. */
static const ShWire__SimulationSourceData *
get_entry (Trainee *trainee, const ShWire__SimulatorToServer *message)
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
refuse_value (Trainee *trainee, const GError *error)
{
  refuse (trainee,
          g_error_matches (error, SH_ERROR, SH_ERROR_PROTOCOL)
              ? SH_CLOSE_PROTOCOL
              : SH_CLOSE_BAD_VALUE,
          "%s", error->message);
}

static void
observe (Trainee *trainee,
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
      trainee->phase = PHASE_WAIT;
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
on_first_state (Trainee *trainee, const ShWire__SimulatorToServer *message)
{
  const ShWire__SimulationSourceData *entry = get_entry (trainee, message);

  if (entry != NULL)
    observe (trainee, entry, 0, FALSE);
}

/* A simulator may have done something else than it was told: that is learnt
 * from then. FALSE: it was refused. */
static gboolean
take_action (Trainee *trainee, const ProtobufCBinaryData *taken)
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
on_state (Trainee *trainee, const ShWire__SimulatorToServer *message)
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
static void (*const answer_funcs[]) (Trainee *trainee,
                                     const ShWire__SimulatorToServer *) = {
  [PHASE_ACKNOWLEDGE] = on_ready_after_acknowledge,
  [PHASE_PROPERTIES] = on_ready_after_properties,
  [PHASE_START] = on_first_state,
  [PHASE_STEP] = on_state,
  [PHASE_STOP] = on_ready_after_stop,
  [PHASE_RESET] = on_ready_after_reset,
  [PHASE_FINISHED] = NULL,
};

static void
on_registered (ShSimSession *session)
{
  Trainee *trainee = (Trainee *) session;

  trainee->phase = PHASE_ACKNOWLEDGE;
  session->expected = SH_EXPECT_READY;
}

static void
on_answered (ShSimSession *session, const ShWire__SimulatorToServer *message)
{
  Trainee *trainee = (Trainee *) session;

  g_assert (answer_funcs[trainee->phase] != NULL);

  answer_funcs[trainee->phase](trainee, message);
}

static void
on_closed (ShSimSession *session)
{
  ShTrainHub *hub = ((Trainee *) session)->hub;

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

static void
trainee_free (gpointer data)
{
  Trainee *trainee = data;

  if (trainee->actor != NULL)
    sh_run_remove_actor (trainee->hub->run, trainee->actor);
  sh_sim_session_clear (&trainee->session);
  g_clear_pointer (&trainee->properties, g_byte_array_unref);
  g_clear_pointer (&trainee->action, g_byte_array_unref);
  g_free (trainee);
}

static void
on_stopping (ShRun *run, ShTrainHub *hub)
{
  hub->stop_deadline =
      g_get_monotonic_time () + SH_TRAIN_HUB_STOP_DEADLINE * (gint64) 1000;
  /* Those that wait for an action hear of it in the next dispatch. */
  hub->pending = TRUE;
  sh_turn_request (hub->turn);
}

/* Public functions. */

ShTrainHub *
sh_train_hub_new (ShRun *run, ShTurn *turn, GError **error)
{
  g_autoptr (ShTrainHub) hub = g_new0 (ShTrainHub, 1);
  const ShConcept *concept;
  ShCodec *codec;

  g_return_val_if_fail (SH_IS_RUN (run), NULL);
  g_return_val_if_fail (turn != NULL, NULL);

  concept = sh_run_get_concept (run);
  codec = sh_run_get_codec (run);
  hub->run = g_object_ref (run);
  hub->turn = turn;
  hub->required = g_strdup (concept->source.name);
  hub->trainees = g_ptr_array_new_with_free_func (trainee_free);
  hub->log = sh_sim_log_new ();
  hub->config_encoders =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_plan_free);
  hub->properties = g_byte_array_new ();
  hub->config = g_malloc0 (MAX (sh_codec_get_config_table (codec)->size, 1u));
  hub->stopping_handler =
      g_signal_connect (run, "stopping", G_CALLBACK (on_stopping), hub);
  hub->wire = sh_wire_codec_new (
      codec, hub->required != NULL ? hub->required : concept->name, error);
  if (hub->wire == NULL)
    return NULL;
  return g_steal_pointer (&hub);
}

void
sh_train_hub_free (ShTrainHub *hub)
{
  if (hub == NULL)
    return;
  g_ptr_array_unref (hub->trainees);
  sh_sim_log_free (hub->log);
  g_signal_handler_disconnect (hub->run, hub->stopping_handler);
  g_object_unref (hub->run);
  g_clear_pointer (&hub->wire, sh_wire_codec_free);
  g_ptr_array_unref (hub->config_encoders);
  g_byte_array_unref (hub->properties);
  g_free (hub->config);
  g_free (hub->required);
  g_free (hub);
}

ShRun *
sh_train_hub_get_run (ShTrainHub *hub)
{
  g_return_val_if_fail (hub != NULL, NULL);

  return hub->run;
}

gboolean
sh_train_hub_has_room (const ShTrainHub *hub)
{
  g_return_val_if_fail (hub != NULL, FALSE);

  return hub->trainees->len < SH_TRAIN_HUB_MAX_SESSIONS;
}

static guint
find_free_number (ShTrainHub *hub)
{
  guint number = 1;

  while (sh_train_hub_get_session (hub, number) != NULL)
    number++;
  return number;
}

void
sh_train_hub_connect (ShTrainHub *hub,
                      GIOStream *stream,
                      GSocket *socket,
                      guint32 sim_id,
                      gboolean needs_reset)
{
  Trainee *trainee;
  guint number;

  g_return_if_fail (hub != NULL);

  number = find_free_number (hub);
  trainee = g_new0 (Trainee, 1);
  trainee->hub = hub;
  trainee->needs_reset = needs_reset;
  trainee->action = g_byte_array_new ();
  g_ptr_array_add (hub->trainees, trainee);
  sh_sim_session_init (&trainee->session, &session_funcs, hub->wire,
                       hub->required, stream, socket, sim_id);
  trainee->session.log = hub->log;
  trainee->session.number = number;
  if (sh_run_get_state (hub->run) < SH_RUN_STOPPING)
    return;
  /* It may be one for the next concept. */
  if (sh_run_leads_on (hub->run) && !hub->is_last)
    let_go (trainee, "the next concept is trained");
  else
    finish (trainee);
}

void
sh_train_hub_dispatch (ShTrainHub *hub)
{
  g_return_if_fail (hub != NULL);

  if (!hub->pending)
    return;
  hub->pending = FALSE;
  sh_run_dispatch (hub->run);
}

/* From the last to the first: a session that closes leaves the array, and the
 * last one takes its place. */
void
sh_train_hub_tick (ShTrainHub *hub, gint64 now)
{
  gboolean stop;

  g_return_if_fail (hub != NULL);

  stop = hub->stop_deadline != 0 && now >= hub->stop_deadline;
  if (hub->finished_at == 0 && sh_run_get_state (hub->run) >= SH_RUN_FINISHED)
    hub->finished_at = now;
  if (hub->finished_at != 0 && now >= hub->finished_at + NEXT_DEADLINE)
    hub->is_last = TRUE;
  for (guint i = hub->trainees->len; i > 0; i--)
    {
      Trainee *trainee = hub->trainees->pdata[i - 1];

      if (stop)
        finish (trainee);
      sh_sim_session_tick (&trainee->session, now);
    }
}

void
sh_train_hub_suspend (ShTrainHub *hub)
{
  g_return_if_fail (hub != NULL);

  for (guint i = 0; i < hub->trainees->len; i++)
    {
      let_go (hub->trainees->pdata[i], "the engine is being restarted");
    }
}

void
sh_train_hub_finish (ShTrainHub *hub)
{
  g_return_if_fail (hub != NULL);

  hub->is_last = TRUE;
  for (guint i = 0; i < hub->trainees->len; i++)
    finish (hub->trainees->pdata[i]);
}

guint
sh_train_hub_get_n_sessions (const ShTrainHub *hub)
{
  g_return_val_if_fail (hub != NULL, 0);

  return hub->trainees->len;
}

void
sh_train_hub_foreach (ShTrainHub *hub, ShTrainHubFunc func, gpointer data)
{
  g_return_if_fail (hub != NULL);

  for (guint i = 0; i < hub->trainees->len; i++)
    {
      const Trainee *trainee = hub->trainees->pdata[i];

      if (trainee->session.name != NULL && !trainee->session.finished &&
          sh_websocket_is_open (trainee->session.socket))
        func (trainee->session.name, trainee->session.sim_id, data);
    }
}

ShSimSession *
sh_train_hub_get_session (ShTrainHub *hub, guint number)
{
  g_return_val_if_fail (hub != NULL, NULL);

  for (guint i = 0; i < hub->trainees->len; i++)
    {
      Trainee *trainee = hub->trainees->pdata[i];

      if (trainee->session.number == number)
        return &trainee->session;
    }
  return NULL;
}

const ShSimLog *
sh_train_hub_get_log (const ShTrainHub *hub)
{
  g_return_val_if_fail (hub != NULL, NULL);

  return hub->log;
}
