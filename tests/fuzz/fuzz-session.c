/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Plays an engine that sends anything in any order, to a session whose
 * simulator answers with anything too. An input is a script: a byte for what
 * comes next, followed by what that needs; see run_step. Whatever it says,
 *
 *   - each message is answered by one, or ends the session, or is an error;
 *   - STATE has an entry for each prediction, and each entry of a prediction
 *     that was not used up gives its action back;
 *   - starts and finishes take turns, steps come between them, and none comes
 *     after a terminal one;
 *   - the same script once more takes no more memory.
 *
 * For a build with AddressSanitizer, which knows how much there is.
 */

#include <math.h>
#include <sanitizer/allocator_interface.h>
#include <string.h>

#include "sh-error.h"
#include "sh-guard.h"
#include "sh-session.h"
#include "simulator.pb-c.h"

#define MAX_BATCH 7u
#define N_STEPS_AT_MOST 2000u

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

typedef struct
{
  double real;
  gint32 whole;
  char text[8];
  SimhostLuminance image;
} Values;

typedef ShWire__ServerToSimulator__MessageType MessageType;
#define TYPE(NAME) SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__##NAME
#define ANSWER(NAME) SH_WIRE__SIMULATOR_TO_SERVER__MESSAGE_TYPE__##NAME

static const SimhostField fields[] = {
  SIMHOST_FIELD (Values, real, DOUBLE, "", ""),
  SIMHOST_FIELD (Values, whole, INT32, "", ""),
  SIMHOST_FIELD (Values, text, STRING, "", ""),
  SIMHOST_FIELD (Values, image, LUMINANCE, "", ""),
};

static double
evaluate (void *self)
{
  return 0.0;
}

static const SimhostReward rewards[] = {
  { "one", SIMHOST_REWARD_DEFAULT, NULL, evaluate },
  { "other", 0, NULL, evaluate },
};

/* The session reads its tables alone; the functions are this file's. */
static const SimhostSimulator simulator = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "fuzz",
  .config = SIMHOST_SCHEMA (Values, fields, NULL),
  .action = SIMHOST_SCHEMA (Values, fields, NULL),
  .state = SIMHOST_SCHEMA (Values, fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
};

typedef struct
{
  const guint8 *at, *end; /* what is left of the script */
  ShSession *session;
  gboolean predict;
  gboolean open, terminal; /* an episode; its last step */
  gboolean registered;
  guint32 sim_id;
  /* Of the message being answered. */
  guint n_entries;
  gboolean wants_state;
} Play;

static guint8
take (Play *play)
{
  return play->at < play->end ? *play->at++ : 0;
}

/* Up to `n` bytes, borrowed. */
static ProtobufCBinaryData
take_bytes (Play *play, gsize n)
{
  ProtobufCBinaryData bytes = { MIN (n, (gsize) (play->end - play->at)),
                                (guint8 *) play->at };

  play->at += bytes.len;
  return bytes;
}

/* ---- the simulator ---- */

static void
fill_state (Play *play, Values *state)
{
  static const double numbers[] = {
    0.0, 1.5, -3.0, NAN, INFINITY, 1e300, -0.0
  };
  static const float pixels[] = { 0.0f, 1.0f, NAN };
  guint8 choice = take (play);

  *state = (Values){ 0 };
  state->real = numbers[choice % G_N_ELEMENTS (numbers)];
  state->whole = (gint32) choice * (choice & 1 ? -1 : 1000000);
  memset (state->text, choice & 64 ? 0xff : 'x', choice >> 5);
  state->image = (SimhostLuminance){ choice & 3, 1, pixels };
  if (choice & 128)
    state->image.pixels = NULL;
}

static gboolean
answer (Play *play, const ShEvent *event, GError **error)
{
  static const double given[] = { 0.0, 1.0, -1.0, NAN, INFINITY, 1e39 };
  guint8 choice;

  switch (event->type)
    {
    case SH_EVENT_EPISODE_START:
      g_assert (!play->open && event->config != NULL && event->state != NULL);
      play->open = TRUE;
      play->terminal = FALSE;
      fill_state (play, event->state);
      return sh_session_answer (play->session, &(ShOutcome){ 0 }, error);
    case SH_EVENT_SIMULATE:
      g_assert (play->open && !play->terminal && event->action != NULL);
      choice = take (play);
      play->terminal = choice & 1;
      fill_state (play, event->state);
      return sh_session_answer (
          play->session,
          &(ShOutcome){
              .reward = given[(choice >> 1) % G_N_ELEMENTS (given)],
              .terminal = play->terminal,
          },
          error);
    default:
      g_assert (event->type == SH_EVENT_EPISODE_FINISH && play->open);
      play->open = play->terminal = FALSE;
      return TRUE;
    }
}

static void
check_reply (Play *play, const ShEvent *event)
{
  ShWire__SimulatorToServer *reply =
      sh_wire__simulator_to_server__unpack (NULL, event->size, event->data);

  g_assert (reply != NULL && event->size <= SH_MESSAGE_MAX_BYTES);
  g_assert (reply->sim_id == play->sim_id);
  if (!play->registered)
    g_assert (reply->message_type == ANSWER (REGISTER));
  else if (play->wants_state)
    g_assert (reply->message_type == ANSWER (STATE) &&
              reply->n_state_data == play->n_entries);
  else
    g_assert (reply->message_type == ANSWER (READY) &&
              reply->n_state_data == 0);
  sh_wire__simulator_to_server__free_unpacked (reply, NULL);
}

/* Until it is the engine's turn. */
static void
run (Play *play)
{
  GError *error = NULL;
  guint n_sent = 0;
  ShEvent event;

  while (sh_session_next (play->session, &event, &error))
    {
      if (event.type == SH_EVENT_SEND)
        {
          n_sent++;
          check_reply (play, &event);
        }
      else if (event.type == SH_EVENT_IDLE)
        {
          g_assert (n_sent == 1);
          return;
        }
      else if (event.type == SH_EVENT_FINISHED)
        {
          g_assert (n_sent == 0);
          break;
        }
      else if (!answer (play, &event, &error))
        break;
    }
  g_assert (n_sent == 0);
  g_clear_error (&error);
  play->registered = FALSE;
  play->sim_id = 0;
  play->wants_state = FALSE;
  sh_session_connect (play->session);
  run (play);
}

/* ---- the engine ---- */

static void
tell_bytes (Play *play, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;

  if (sh_session_receive (play->session, data, size, &error))
    {
      run (play);
      return;
    }
  g_assert (error != NULL && strchr (error->message, '\n') == NULL);
  play->registered = FALSE;
  play->sim_id = 0;
  sh_session_connect (play->session);
  run (play);
}

static void
tell (Play *play, const ShWire__ServerToSimulator *message)
{
  gsize size = sh_wire__server_to_simulator__get_packed_size (message);
  g_autofree guint8 *data = g_malloc (size + 1);

  sh_wire__server_to_simulator__pack (message, data);
  tell_bytes (play, data, size);
}

static void
tell_plain (Play *play, MessageType type)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;

  message.message_type = type;
  play->wants_state = type == TYPE (START) || type == TYPE (PREDICTION);
  play->n_entries = type == TYPE (START);
  tell (play, &message);
}

/* Fields of the simulator's, with types that need not be theirs. */
typedef struct
{
  ShWire__DescriptorProto schema;
  ShWire__FieldDescriptorProto rows[G_N_ELEMENTS (fields)];
  ShWire__FieldDescriptorProto *pointers[G_N_ELEMENTS (fields)];
} Descriptor;

static void
make_descriptor (Descriptor *descriptor, Play *play, guint8 choice)
{
  static const guint8 types[] = { 1, 5, 9, 11 };

  sh_wire__descriptor_proto__init (&descriptor->schema);
  descriptor->schema.name = (char *) "S";
  descriptor->schema.field = descriptor->pointers;
  descriptor->schema.n_field = choice % (G_N_ELEMENTS (fields) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      ShWire__FieldDescriptorProto *row = &descriptor->rows[i];

      sh_wire__field_descriptor_proto__init (row);
      row->name = (char *) fields[i].name;
      row->number = (gint32) i + 1;
      row->type = types[i];
      if (types[i] == 11)
        row->type_name = (char *) "bonsai.inkling_types.proto.Luminance";
      if (choice & 128)
        row->type = take (play) % 20;
      descriptor->pointers[i] = row;
    }
}

static void
tell_acknowledge (Play *play, guint8 choice)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;
  ShWire__AcknowledgeRegisterData data =
      SH_WIRE__ACKNOWLEDGE_REGISTER_DATA__INIT;
  Descriptor config, state, action;

  make_descriptor (&config, play, choice);
  make_descriptor (&state, play, choice);
  make_descriptor (&action, play, choice);
  message.message_type = TYPE (ACKNOWLEDGE_REGISTER);
  message.acknowledge_register_data = &data;
  data.properties_schema = &config.schema;
  data.output_schema = &state.schema;
  data.prediction_schema = &action.schema;
  data.sim_id = play->sim_id = take (play);
  play->registered = TRUE;
  play->wants_state = play->predict;
  play->n_entries = 1;
  tell (play, &message);
}

static void
tell_properties (Play *play, guint8 choice)
{
  static const char *const names[] = { "", "one", "other", "none" };
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;
  ShWire__SetPropertiesData data = SH_WIRE__SET_PROPERTIES_DATA__INIT;
  Descriptor action;

  message.message_type = TYPE (SET_PROPERTIES);
  message.set_properties_data = &data;
  make_descriptor (&action, play, take (play));
  data.prediction_schema = choice & 1 ? NULL : &action.schema;
  data.reward_name = (char *) names[choice >> 1 & 3];
  data.dynamic_properties = take_bytes (play, choice >> 3);
  play->wants_state = FALSE;
  tell (play, &message);
}

static void
tell_prediction (Play *play, guint8 choice)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;
  ShWire__PredictionData data[MAX_BATCH];
  ShWire__PredictionData *pointers[MAX_BATCH];

  message.message_type = TYPE (PREDICTION);
  message.prediction_data = pointers;
  message.n_prediction_data = choice % (MAX_BATCH + 1);
  for (guint i = 0; i < message.n_prediction_data; i++)
    {
      sh_wire__prediction_data__init (&data[i]);
      data[i].dynamic_prediction = take_bytes (play, choice >> 4);
      pointers[i] = &data[i];
    }
  play->wants_state = TRUE;
  play->n_entries = (guint) message.n_prediction_data;
  tell (play, &message);
}

/* Anything; what it asks for is what protobuf-c reads in it. */
static void
tell_raw (Play *play, guint8 length)
{
  ProtobufCBinaryData bytes = take_bytes (play, length);
  g_autofree guint8 *exact = g_memdup2 (bytes.data, bytes.len);
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  ShWire__ServerToSimulator *message =
      (ShWire__ServerToSimulator *) sh_guard_unpack (
          &sh_wire__server_to_simulator__descriptor, arena, exact, bytes.len,
          NULL);

  if (message != NULL)
    {
      MessageType type = message->message_type;

      play->wants_state =
          type == TYPE (START) || type == TYPE (PREDICTION) ||
          (type == TYPE (ACKNOWLEDGE_REGISTER) && play->predict);
      play->n_entries =
          type == TYPE (PREDICTION) ? (guint) message->n_prediction_data : 1;
      if (type == TYPE (ACKNOWLEDGE_REGISTER) &&
          message->acknowledge_register_data != NULL)
        {
          play->registered = TRUE;
          play->sim_id = message->acknowledge_register_data->sim_id;
        }
    }
  tell_bytes (play, exact, bytes.len);
}

static void
run_step (Play *play)
{
  guint8 step = take (play);

  switch (step % 10)
    {
    case 0:
    case 1:
      tell_acknowledge (play, take (play));
      break;
    case 2:
      tell_properties (play, take (play));
      break;
    case 3:
    case 4:
      tell_prediction (play, take (play));
      break;
    case 5:
      tell_raw (play, take (play));
      break;
    case 6:
      /* The connection is lost. */
      play->registered = FALSE;
      play->sim_id = 0;
      sh_session_connect (play->session);
      run (play);
      break;
    case 7:
      tell_plain (play, (MessageType) take (play));
      break;
    case 8:
      tell_plain (play, TYPE (START));
      break;
    default:
      tell_plain (play, TYPE (STOP));
    }
}

/* Bytes in use when the script is over and the session as at its beginning. */
static gsize
run_script (Play *play, const guint8 *data, gsize size)
{
  play->at = data;
  play->end = data + size;
  play->registered = FALSE;
  play->sim_id = 0;
  sh_session_connect (play->session);
  run (play);
  for (guint i = 0; i < N_STEPS_AT_MOST && play->at < play->end; i++)
    run_step (play);
  sh_session_connect (play->session);
  return __sanitizer_get_current_allocated_bytes ();
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  Play play = { 0 };
  gsize before;

  if (size == 0)
    return 0;
  play.predict = data[0] & 1;
  play.session = sh_session_new (&(ShSessionOptions){
      .simulator = &simulator,
      .predict = play.predict,
      .quiet = TRUE,
  });
  data++;
  size--;
  /* These make buffers as large as they get: the first begins without an
   * episode, others perhaps with one. */
  for (guint i = 0; i < 3; i++)
    run_script (&play, data, size);
  before = run_script (&play, data, size);
  g_assert (run_script (&play, data, size) == before);
  sh_session_free (play.session);
  return 0;
}
