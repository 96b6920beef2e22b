/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-session.h"

#include <math.h>

#include "sh-error.h"
#include "sh-guard.h"
#include "sh-instance.h"
#include "sh-plan.h"
#include "sh-reply.h"
#include "simulator.pb-c.h"

/* What sh_session_next is in the middle of. Each received message sets one. */
typedef enum
{
  TASK_REGISTER, /* a new connection: send REGISTER */
  TASK_IDLE, /* the engine's turn */
  TASK_READY, /* answer with READY */
  TASK_STOP, /* finish the episode, then as above */
  TASK_BEGIN, /* begin an episode, answer with its first state */
  TASK_BATCH, /* take the steps of a PREDICTION, answer with their states */
  TASK_FINISH, /* nothing more comes */
} Task;

/* The event whose answer is outstanding. */
typedef enum
{
  ANSWER_NONE,
  ANSWER_STARTED,
  ANSWER_SIMULATED,
} Answer;

struct ShSession
{
  const SimhostSimulator *simulator;
  char *name;
  char *owner; /* "simulator 'lift'", for messages */
  gboolean predict, quiet;
  guint64 next_seed, seed_step;
  const ShOverrides *overrides; /* may be NULL */
  ShRecording *recording; /* may be NULL */

  ShArena *arena;
  GByteArray *reply;
  GByteArray *encoded; /* one state */
  GByteArray *own_action; /* of the simulator */
  gpointer config, action, state; /* the simulator's structs */

  /* Known from the engine, for the length of a connection. */
  gboolean registered;
  guint32 sim_id;
  ShPlan *config_plan, *action_plan, *state_plan;
  ShPlan *action_encoder; /* NULL until it is needed */
  ShSchema *config_schema, *action_schema, *state_schema;
  gboolean config_is_new;
  const SimhostReward *reward;

  Task task;
  Answer answer;
  /* An episode is open. */
  gboolean open;
  /* The open episode has no part in what is going on: it was cut off. */
  gboolean stale;
  /* The last step was terminal: its episode is to be finished. */
  gboolean terminal;
  /* The next entry of a PREDICTION is used up by beginning an episode. */
  gboolean restart;

  /* The PREDICTION being answered; in the arena. */
  ShWire__PredictionData *const *predictions;
  gsize n_predictions, position;
};

static const char *const message_names[] = {
  "UNKNOWN", "ACKNOWLEDGE_REGISTER", "SET_PROPERTIES", "START",
  "STOP",    "PREDICTION",           "RESET",          "FINISHED",
};

ShSession *
sh_session_new (const ShSessionOptions *options)
{
  const SimhostSimulator *simulator = options->simulator;
  ShSession *session = g_new0 (ShSession, 1);

  session->simulator = simulator;
  session->name =
      g_strdup (options->name != NULL ? options->name : simulator->name);
  session->owner = g_strdup_printf ("simulator '%s'", simulator->name);
  session->predict = options->predict;
  session->quiet = options->quiet;
  session->next_seed = options->seed;
  session->seed_step = options->seed_step;
  session->overrides = options->overrides;
  session->recording = options->recording;
  session->arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  session->reply = g_byte_array_new ();
  session->encoded = g_byte_array_new ();
  session->own_action = g_byte_array_new ();
  session->config = g_malloc0 (MAX (simulator->config.size, 1));
  session->action = g_malloc0 (MAX (simulator->action.size, 1));
  session->state = g_malloc0 (MAX (simulator->state.size, 1));
  session->task = TASK_IDLE;
  return session;
}

gboolean
sh_session_get_registration (const ShSession *session,
                             guint32 *sim_id,
                             const SimhostReward **reward)
{
  *sim_id = session->sim_id;
  *reward = session->reward;
  return session->registered;
}

gboolean
sh_session_is_open (const ShSession *session)
{
  return session->open && !session->stale;
}

static void
forget_engine (ShSession *session)
{
  g_clear_pointer (&session->config_plan, sh_plan_free);
  g_clear_pointer (&session->action_plan, sh_plan_free);
  g_clear_pointer (&session->state_plan, sh_plan_free);
  g_clear_pointer (&session->action_encoder, sh_plan_free);
  g_clear_pointer (&session->config_schema, sh_schema_unref);
  g_clear_pointer (&session->action_schema, sh_schema_unref);
  g_clear_pointer (&session->state_schema, sh_schema_unref);
  session->registered = FALSE;
  session->sim_id = 0;
  session->predictions = NULL;
  session->n_predictions = session->position = 0;
}

void
sh_session_free (ShSession *session)
{
  if (session == NULL)
    return;
  forget_engine (session);
  sh_arena_free (session->arena);
  g_byte_array_unref (session->reply);
  g_byte_array_unref (session->encoded);
  g_byte_array_unref (session->own_action);
  g_free (session->config);
  g_free (session->action);
  g_free (session->state);
  g_free (session->name);
  g_free (session->owner);
  g_free (session);
}

/* Until the engine says otherwise. */
static void
set_default_properties (ShSession *session)
{
  sh_table_fill_defaults (&session->simulator->config, session->config);
  sh_overrides_apply (session->overrides, session->config);
  session->config_is_new = TRUE;
  /* An empty name is found, or gives NULL: it cannot fail. */
  sh_simulator_find_reward (session->simulator, "", &session->reward, NULL);
}

void
sh_session_connect (ShSession *session)
{
  g_return_if_fail (session != NULL);

  forget_engine (session);
  set_default_properties (session);
  if (session->recording != NULL)
    sh_recording_connect (session->recording);
  session->task = TASK_REGISTER;
  session->answer = ANSWER_NONE;
  session->stale = session->open;
  session->terminal = session->restart = FALSE;
}

/* ---- what a message says ---- */

static void
warn_of_ignored (ShSession *session, const char *what, char **ignored)
{
  g_autofree char *names = NULL;

  if (ignored == NULL || session->quiet)
    return;
  names = g_strjoinv (", ", ignored);
  g_warning ("%s has no %s field %s: what the engine sends there is ignored",
             session->owner, what, names);
}

static ShSchema *
read_schema (const ShWire__DescriptorProto *descriptor,
             const char *what,
             GError **error)
{
  ShSchema *schema = sh_schema_new_from_descriptor (descriptor, error);

  if (schema == NULL)
    g_prefix_error (error, "the engine sent a bad %s schema: ", what);
  return schema;
}

static gboolean
set_action_schema (ShSession *session,
                   const ShWire__DescriptorProto *descriptor,
                   GError **error)
{
  g_autoptr (ShSchema) schema = read_schema (descriptor, "action", error);
  g_auto (GStrv) ignored = NULL;
  ShPlan *plan;

  if (schema == NULL)
    return FALSE;
  /* It comes again with every SET_PROPERTIES. */
  if (session->action_schema != NULL &&
      sh_schema_equal (schema, session->action_schema))
    return TRUE;
  plan = sh_plan_new_decoder (schema, &session->simulator->action,
                              session->owner, &ignored, error);
  if (plan == NULL)
    return FALSE;
  warn_of_ignored (session, "action", ignored);
  g_clear_pointer (&session->action_plan, sh_plan_free);
  g_clear_pointer (&session->action_encoder, sh_plan_free);
  session->action_plan = plan;
  g_clear_pointer (&session->action_schema, sh_schema_unref);
  session->action_schema = g_steal_pointer (&schema);
  if (session->recording != NULL && session->registered)
    sh_recording_set_action_schema (session->recording, session->action_schema);
  return TRUE;
}

static gboolean
set_config_schema (ShSession *session,
                   const ShWire__DescriptorProto *descriptor,
                   GError **error)
{
  g_autoptr (ShSchema) schema = read_schema (descriptor, "config", error);
  g_auto (GStrv) ignored = NULL;
  ShPlan *plan;

  if (schema == NULL)
    return FALSE;
  plan = sh_plan_new_decoder (schema, &session->simulator->config,
                              session->owner, &ignored, error);
  if (plan == NULL)
    return FALSE;
  warn_of_ignored (session, "config", ignored);
  /* Images in the config lie in the old plan. */
  set_default_properties (session);
  g_clear_pointer (&session->config_plan, sh_plan_free);
  session->config_plan = plan;
  g_clear_pointer (&session->config_schema, sh_schema_unref);
  session->config_schema = g_steal_pointer (&schema);
  return TRUE;
}

static gboolean
set_state_schema (ShSession *session,
                  const ShWire__DescriptorProto *descriptor,
                  GError **error)
{
  g_autoptr (ShSchema) schema = read_schema (descriptor, "state", error);
  ShPlan *plan;

  if (schema == NULL)
    return FALSE;
  plan = sh_plan_new_encoder (schema, &session->simulator->state,
                              session->owner, error);
  if (plan == NULL)
    return FALSE;
  g_clear_pointer (&session->state_plan, sh_plan_free);
  session->state_plan = plan;
  g_clear_pointer (&session->state_schema, sh_schema_unref);
  session->state_schema = g_steal_pointer (&schema);
  return TRUE;
}

static gboolean
receive_acknowledge (ShSession *session,
                     const ShWire__ServerToSimulator *message,
                     GError **error)
{
  const ShWire__AcknowledgeRegisterData *data =
      message->acknowledge_register_data;

  if (data == NULL)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_PROTOCOL,
                           "the engine sent an ACKNOWLEDGE_REGISTER without "
                           "its data");
      return FALSE;
    }
  if (!set_config_schema (session, data->properties_schema, error) ||
      !set_state_schema (session, data->output_schema, error) ||
      !set_action_schema (session, data->prediction_schema, error))
    return FALSE;
  session->sim_id = data->sim_id;
  session->registered = TRUE;
  if (session->recording != NULL)
    sh_recording_register (session->recording, session->config_schema,
                           session->action_schema, session->state_schema,
                           session->sim_id);
  session->task = session->predict ? TASK_BEGIN : TASK_READY;
  return TRUE;
}

static gboolean
receive_set_properties (ShSession *session,
                        const ShWire__ServerToSimulator *message,
                        GError **error)
{
  const ShWire__SetPropertiesData *data = message->set_properties_data;

  session->task = TASK_READY;
  if (data == NULL)
    {
      set_default_properties (session);
      return set_action_schema (session, NULL, error);
    }
  if (!sh_plan_decode (session->config_plan, data->dynamic_properties.data,
                       data->dynamic_properties.len, session->config, error) ||
      !sh_simulator_find_reward (session->simulator, data->reward_name,
                                 &session->reward, error))
    return FALSE;
  sh_overrides_apply (session->overrides, session->config);
  if (session->recording != NULL)
    sh_recording_configure (session->recording, data->dynamic_properties.data,
                            data->dynamic_properties.len);
  session->config_is_new = TRUE;
  return set_action_schema (session, data->prediction_schema, error);
}

static gboolean
receive_start (ShSession *session,
               const ShWire__ServerToSimulator *message,
               GError **error)
{
  session->task = TASK_BEGIN;
  return TRUE;
}

static gboolean
receive_stop (ShSession *session,
              const ShWire__ServerToSimulator *message,
              GError **error)
{
  session->task = TASK_STOP;
  return TRUE;
}

static gboolean
receive_prediction (ShSession *session,
                    const ShWire__ServerToSimulator *message,
                    GError **error)
{
  session->predictions = message->prediction_data;
  session->n_predictions = message->n_prediction_data;
  session->position = 0;
  if (session->n_predictions > 0 && !session->restart &&
      (!session->open || session->stale))
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_PROTOCOL,
                           "the engine sent a PREDICTION, but has not started "
                           "an episode");
      return FALSE;
    }
  sh_reply_state (session->reply);
  session->task = TASK_BATCH;
  return TRUE;
}

static gboolean
receive_reset (ShSession *session,
               const ShWire__ServerToSimulator *message,
               GError **error)
{
  session->task = TASK_READY;
  return TRUE;
}

static gboolean
receive_finished (ShSession *session,
                  const ShWire__ServerToSimulator *message,
                  GError **error)
{
  session->task = TASK_FINISH;
  return TRUE;
}

/* By message type. */
static const struct
{
  gboolean (*receive) (ShSession *session,
                       const ShWire__ServerToSimulator *message,
                       GError **error);
  gboolean needs_registration, in_prediction;
} messages[] = {
  { NULL, FALSE, FALSE },
  { receive_acknowledge, FALSE, TRUE },
  { receive_set_properties, TRUE, FALSE },
  { receive_start, TRUE, FALSE },
  { receive_stop, TRUE, FALSE },
  { receive_prediction, TRUE, TRUE },
  { receive_reset, TRUE, FALSE },
  { receive_finished, FALSE, TRUE },
};

G_STATIC_ASSERT (G_N_ELEMENTS (messages) == G_N_ELEMENTS (message_names));

static gboolean
check_message (const ShSession *session, int type, GError **error)
{
  if (type <= 0 || type >= (int) G_N_ELEMENTS (messages))
    g_set_error (error, SH_ERROR, SH_ERROR_PROTOCOL,
                 "received unknown message (%d) from the engine", type);
  else if (session->predict && !messages[type].in_prediction)
    g_set_error (error, SH_ERROR, SH_ERROR_PROTOCOL,
                 "unexpected message during prediction: %s",
                 message_names[type]);
  else if (!session->registered && messages[type].needs_registration)
    g_set_error (error, SH_ERROR, SH_ERROR_PROTOCOL,
                 "the engine sent %s before ACKNOWLEDGE_REGISTER",
                 message_names[type]);
  else if (session->task != TASK_IDLE)
    g_set_error (error, SH_ERROR, SH_ERROR_PROTOCOL,
                 "the engine sent %s before it had an answer to its last "
                 "message",
                 message_names[type]);
  else
    return TRUE;
  return FALSE;
}

gboolean
sh_session_receive (ShSession *session,
                    const guint8 *data,
                    gsize size,
                    GError **error)
{
  ShWire__ServerToSimulator *message;
  int type;

  g_return_val_if_fail (session != NULL, FALSE);

  /* They lie in the arena. */
  session->predictions = NULL;
  session->n_predictions = session->position = 0;
  message = (ShWire__ServerToSimulator *) sh_guard_unpack (
      &sh_wire__server_to_simulator__descriptor, session->arena, data, size,
      error);
  if (message == NULL)
    {
      g_prefix_error_literal (error, "the engine sent a bad message: ");
      return FALSE;
    }
  type = (int) message->message_type;
  return check_message (session, type, error) &&
         messages[type].receive (session, message, error);
}

/* ---- what happens next ---- */

static gboolean
send_reply (ShSession *session, ShEvent *event, GError **error)
{
  const GByteArray *bytes = session->reply;

  if (bytes->len > SH_MESSAGE_MAX_BYTES)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "%s: the answer to %" G_GSIZE_FORMAT
                   " predictions has %u bytes, and %u are allowed; ask the "
                   "engine for smaller batches",
                   session->owner, session->n_predictions, bytes->len,
                   SH_MESSAGE_MAX_BYTES);
      return FALSE;
    }
  session->task = TASK_IDLE;
  *event = (ShEvent){
    .type = SH_EVENT_SEND,
    .data = bytes->data,
    .size = bytes->len,
  };
  return TRUE;
}

static gboolean
send_ready (ShSession *session, ShEvent *event, GError **error)
{
  sh_reply_ready (session->reply, session->sim_id);
  return send_reply (session, event, error);
}

static gboolean
finish_episode (ShSession *session, ShEvent *event, gboolean complete)
{
  *event = (ShEvent){
    .type = SH_EVENT_EPISODE_FINISH,
    .complete = complete && !session->stale,
  };
  session->open = session->stale = session->terminal = FALSE;
  if (session->recording != NULL && event->complete)
    sh_recording_finished (session->recording);
  return TRUE;
}

static gboolean
start_episode (ShSession *session, ShEvent *event)
{
  *event = (ShEvent){
    .type = SH_EVENT_EPISODE_START,
    .config = session->config,
    .config_is_new = session->config_is_new,
    .seed = session->next_seed,
    .state = session->state,
    .reward = session->reward,
  };
  session->next_seed += session->seed_step;
  session->answer = ANSWER_STARTED;
  return TRUE;
}

static gboolean
next_of_batch (ShSession *session, ShEvent *event, GError **error)
{
  const ProtobufCBinaryData *action;

  if (session->terminal)
    {
      session->restart = TRUE;
      return finish_episode (session, event, TRUE);
    }
  if (session->position == session->n_predictions)
    {
      sh_reply_end_state (session->reply, session->sim_id);
      return send_reply (session, event, error);
    }
  if (session->restart)
    return start_episode (session, event);

  action = &session->predictions[session->position]->dynamic_prediction;
  if (!sh_plan_decode (session->action_plan, action->data, action->len,
                       session->action, error))
    return FALSE;
  *event = (ShEvent){
    .type = SH_EVENT_SIMULATE,
    .action = session->action,
    .state = session->state,
    .reward = session->reward,
  };
  session->answer = ANSWER_SIMULATED;
  return TRUE;
}

gboolean
sh_session_next (ShSession *session, ShEvent *event, GError **error)
{
  g_return_val_if_fail (session != NULL && event != NULL, FALSE);
  g_return_val_if_fail (session->answer == ANSWER_NONE, FALSE);

  switch (session->task)
    {
    case TASK_REGISTER:
      sh_reply_register (session->reply, session->name);
      return send_reply (session, event, error);
    case TASK_READY:
      return send_ready (session, event, error);
    case TASK_STOP:
      session->restart = FALSE;
      if (session->open)
        return finish_episode (session, event, TRUE);
      return send_ready (session, event, error);
    case TASK_BEGIN:
      if (session->open)
        return finish_episode (session, event, FALSE);
      return start_episode (session, event);
    case TASK_BATCH:
      return next_of_batch (session, event, error);
    case TASK_FINISH:
      *event = (ShEvent){ .type = SH_EVENT_FINISHED };
      return TRUE;
    case TASK_IDLE:
    default:
      *event = (ShEvent){ .type = SH_EVENT_IDLE };
      return TRUE;
    }
}

/* ---- what came of it ---- */

/* Encodes an action of the simulator's own as the engine sends its. */
static gboolean
encode_action (ShSession *session, gconstpointer action, GError **error)
{
  if (session->action_encoder == NULL)
    session->action_encoder = sh_plan_new_encoder (session->action_schema,
                                                   &session->simulator->action,
                                                   session->owner, error);
  g_byte_array_set_size (session->own_action, 0);
  if (session->action_encoder != NULL &&
      sh_plan_encode (session->action_encoder, action, session->own_action,
                      error))
    return TRUE;
  g_prefix_error_literal (error, "an action of its own cannot be sent: ");
  return FALSE;
}

/* The action that was taken, as it travels: that of the entry of the PREDICTION
 * that is answered, byte for byte, or the simulator's own. */
static gboolean
get_action_taken (ShSession *session,
                  const ShOutcome *outcome,
                  ShReplyEntry *entry,
                  GError **error)
{
  const ProtobufCBinaryData *given =
      &session->predictions[session->position]->dynamic_prediction;

  entry->action = given->data;
  entry->action_size = given->len;
  if (session->answer != ANSWER_SIMULATED || outcome->action == NULL)
    return TRUE;
  if (!encode_action (session, outcome->action, error))
    return FALSE;
  entry->action = session->own_action->data;
  entry->action_size = session->own_action->len;
  return TRUE;
}

/* Adds what is in session->state to the reply. */
static gboolean
add_entry (ShSession *session, ShReplyEntry *entry, GError **error)
{
  g_byte_array_set_size (session->encoded, 0);
  if (!sh_plan_encode (session->state_plan, session->state, session->encoded,
                       error))
    return FALSE;
  entry->state = session->encoded;
  /* What is too much already is refused when it is to be sent. */
  if (session->reply->len <= SH_MESSAGE_MAX_BYTES)
    sh_reply_add_entry (session->reply, entry);
  return TRUE;
}

static gboolean
answer_start (ShSession *session, ShReplyEntry *entry, GError **error)
{
  session->open = TRUE;
  session->config_is_new = session->restart = FALSE;
  if (session->recording != NULL &&
      !sh_recording_started (session->recording, session->config,
                             session->state, error))
    return FALSE;
  if (session->task == TASK_BATCH)
    {
      session->position++;
      return add_entry (session, entry, error);
    }

  sh_reply_state (session->reply);
  if (!add_entry (session, entry, error))
    return FALSE;
  /* An empty batch: all that is left to do is to send. */
  session->n_predictions = session->position = 0;
  session->task = TASK_BATCH;
  return TRUE;
}

static gboolean
check_reward (const ShSession *session, double reward, GError **error)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (fabs (reward) <= (double) G_MAXFLOAT)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_SIMULATOR,
               "%s: its reward is %s; a reward is a finite 32-bit number",
               session->owner, g_ascii_dtostr (text, sizeof text, reward));
  return FALSE;
}

static gboolean
answer_step (ShSession *session,
             const ShOutcome *outcome,
             ShReplyEntry *entry,
             GError **error)
{
  if (!check_reward (session, outcome->reward, error))
    return FALSE;
  session->terminal = outcome->terminal;
  entry->reward = (float) outcome->reward;
  entry->terminal = outcome->terminal;
  if (session->recording != NULL &&
      !sh_recording_simulated (
          session->recording, entry->action, entry->action_size,
          outcome->action != NULL ? outcome->action : session->action,
          session->state, outcome->reward, outcome->terminal, error))
    return FALSE;
  session->position++;
  return add_entry (session, entry, error);
}

gboolean
sh_session_answer (ShSession *session, const ShOutcome *outcome, GError **error)
{
  ShReplyEntry entry = { 0 };
  gboolean step;

  g_return_val_if_fail (session != NULL && outcome != NULL, FALSE);
  g_return_val_if_fail (session->answer != ANSWER_NONE, FALSE);

  entry.do_not_learn = outcome->do_not_learn;
  entry.info = outcome->info;
  step = session->answer == ANSWER_SIMULATED;
  if (session->task == TASK_BATCH &&
      !get_action_taken (session, outcome, &entry, error))
    return FALSE;
  session->answer = ANSWER_NONE;
  return step ? answer_step (session, outcome, &entry, error)
              : answer_start (session, &entry, error);
}
