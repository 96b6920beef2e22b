/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "engine-stub.h"

#include "simulator.pb-c.h"

#define TYPE(NAME) SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__##NAME

struct EngineStub
{
  SoupServer *server;
  GPtrArray *connections;
  gboolean echo;
  GBytes *acknowledge, *set_properties, *start, *finished;
  GBytes *step; /* the PREDICTION, or the bytes to echo */
  guint n_sessions;
  guint64 steps, messages;
  gsize received_size;
};

/* ---- messages ---- */

static GBytes *
pack (const ShWire__ServerToSimulator *message)
{
  gsize size = sh_wire__server_to_simulator__get_packed_size (message);
  guint8 *data = g_malloc (size + 1);

  sh_wire__server_to_simulator__pack (message, data);
  return g_bytes_new_take (data, size);
}

static GBytes *
pack_plain (ShWire__ServerToSimulator__MessageType type)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;

  message.message_type = type;
  return pack (&message);
}

typedef struct
{
  const char *name;
  int type;
} Field;

static ShWire__DescriptorProto *
make_schema (const Field *fields, gsize n)
{
  ShWire__DescriptorProto *schema = g_new (ShWire__DescriptorProto, 1);

  sh_wire__descriptor_proto__init (schema);
  schema->n_field = n;
  schema->field = g_new (ShWire__FieldDescriptorProto *, n);
  for (gsize i = 0; i < n; i++)
    {
      schema->field[i] = g_new (ShWire__FieldDescriptorProto, 1);
      sh_wire__field_descriptor_proto__init (schema->field[i]);
      schema->field[i]->name = (char *) fields[i].name;
      schema->field[i]->type = fields[i].type;
      schema->field[i]->number = (int) i + 1;
    }
  return schema;
}

static void
free_schema (ShWire__DescriptorProto *schema)
{
  for (gsize i = 0; i < schema->n_field; i++)
    g_free (schema->field[i]);
  g_free (schema->field);
  g_free (schema);
}

static const Field state_fields[] = { { "position", 2 },
                                      { "velocity", 2 },
                                      { "angle", 2 },
                                      { "rotation", 2 } };
static const Field action_fields[] = { { "command", 5 } };

static void
make_greetings (EngineStub *stub)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;
  ShWire__AcknowledgeRegisterData data =
      SH_WIRE__ACKNOWLEDGE_REGISTER_DATA__INIT;
  ShWire__SetPropertiesData properties = SH_WIRE__SET_PROPERTIES_DATA__INIT;
  ShWire__DescriptorProto *state =
      make_schema (state_fields, G_N_ELEMENTS (state_fields));
  ShWire__DescriptorProto *action =
      make_schema (action_fields, G_N_ELEMENTS (action_fields));

  message.message_type = TYPE (ACKNOWLEDGE_REGISTER);
  message.acknowledge_register_data = &data;
  data.output_schema = state;
  data.prediction_schema = action;
  data.sim_id = 1;
  stub->acknowledge = pack (&message);
  message.message_type = TYPE (SET_PROPERTIES);
  message.acknowledge_register_data = NULL;
  message.set_properties_data = &properties;
  properties.prediction_schema = action;
  stub->set_properties = pack (&message);
  stub->start = pack_plain (TYPE (START));
  stub->finished = pack_plain (TYPE (FINISHED));
  free_schema (state);
  free_schema (action);
}

/* Pushes left and right by turns, which keeps a pole up for some 30 steps. */
static GBytes *
make_prediction (guint n)
{
  static guint8 commands[2][2] = { { 0x08, 0 }, { 0x08, 1 } };
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;
  g_autofree ShWire__PredictionData *rows = g_new (ShWire__PredictionData, n);
  g_autofree ShWire__PredictionData **pointers =
      g_new (ShWire__PredictionData *, n);

  for (guint i = 0; i < n; i++)
    {
      sh_wire__prediction_data__init (&rows[i]);
      rows[i].dynamic_prediction.data = commands[i % 2];
      rows[i].dynamic_prediction.len = sizeof commands[0];
      pointers[i] = &rows[i];
    }
  message.message_type = TYPE (PREDICTION);
  message.n_prediction_data = n;
  message.prediction_data = pointers;
  return pack (&message);
}

/* ---- the dialogue ---- */

static void
send_bytes (SoupWebsocketConnection *connection, GBytes *message)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (message, &size);

  if (soup_websocket_connection_get_state (connection) ==
      SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_binary (connection, data, size);
}

/* Entries of a STATE that have a reward: one that begins an episode has none,
 * and is no step. Lengths here are below 128. */
static guint
count_steps (const guint8 *data, gsize size)
{
  guint n = 0;

  for (gsize at = 2; at + 4 < size && data[at] == 0x1a; at += 2 + data[at + 1])
    n += data[at + 4 + data[at + 3]] == 0x15;
  return n;
}

static void
on_message (SoupWebsocketConnection *connection,
            SoupWebsocketDataType type,
            GBytes *message,
            EngineStub *stub)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (message, &size);
  guint n_answers =
      GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (connection), "answers"));

  stub->messages++;
  stub->received_size = size;
  if (stub->echo)
    {
      send_bytes (connection, stub->step);
      return;
    }
  /* REGISTER, READY, READY, STATE, STATE ... */
  if (n_answers == 3)
    stub->n_sessions++;
  if (n_answers >= 3)
    {
      stub->steps += count_steps (data, size);
      send_bytes (connection, stub->step);
    }
  else
    send_bytes (connection, n_answers == 0   ? stub->acknowledge
                            : n_answers == 1 ? stub->set_properties
                                             : stub->start);
  if (n_answers <= 3)
    g_object_set_data (G_OBJECT (connection), "answers",
                       GUINT_TO_POINTER (n_answers + 1));
}

static void
on_closed (SoupWebsocketConnection *connection, EngineStub *stub)
{
  g_ptr_array_remove_fast (stub->connections, connection);
}

static void
on_websocket (SoupServer *server,
              SoupServerMessage *message,
              const char *path,
              SoupWebsocketConnection *connection,
              gpointer user_data)
{
  EngineStub *stub = user_data;

  soup_websocket_connection_set_max_incoming_payload_size (connection,
                                                           4 * 1024 * 1024);
  g_ptr_array_add (stub->connections, g_object_ref (connection));
  g_signal_connect (connection, "message", G_CALLBACK (on_message), stub);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), stub);
}

/* ---- public ---- */

EngineStub *
engine_stub_new (GError **error)
{
  EngineStub *stub = g_new0 (EngineStub, 1);

  stub->server = soup_server_new (NULL, NULL);
  soup_server_remove_websocket_extension (
      stub->server, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_websocket_handler (stub->server, NULL, NULL, NULL,
                                     on_websocket, stub, NULL);
  stub->connections = g_ptr_array_new_with_free_func (g_object_unref);
  make_greetings (stub);
  if (soup_server_listen_local (stub->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY,
                                error))
    return stub;
  engine_stub_free (stub);
  return NULL;
}

void
engine_stub_free (EngineStub *stub)
{
  if (stub == NULL)
    return;
  for (guint i = 0; i < stub->connections->len; i++)
    g_signal_handlers_disconnect_by_data (
        g_ptr_array_index (stub->connections, i), stub);
  g_ptr_array_unref (stub->connections);
  g_object_unref (stub->server);
  g_bytes_unref (stub->acknowledge);
  g_bytes_unref (stub->set_properties);
  g_bytes_unref (stub->start);
  g_bytes_unref (stub->finished);
  g_clear_pointer (&stub->step, g_bytes_unref);
  g_free (stub);
}

guint
engine_stub_get_port (EngineStub *stub)
{
  GSList *uris = soup_server_get_uris (stub->server);
  guint port = (guint) g_uri_get_port (uris->data);

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

void
engine_stub_set_up (EngineStub *stub, guint size, gboolean echo)
{
  g_clear_pointer (&stub->step, g_bytes_unref);
  stub->step =
      echo ? g_bytes_new_take (g_malloc0 (size), size) : make_prediction (size);
  stub->echo = echo;
  stub->n_sessions = 0;
  stub->steps = stub->messages = 0;
}

guint
engine_stub_get_n_sessions (EngineStub *stub)
{
  return stub->n_sessions;
}

guint64
engine_stub_take_steps (EngineStub *stub, guint64 *messages)
{
  guint64 steps = stub->steps;

  *messages = stub->messages;
  stub->steps = stub->messages = 0;
  return steps;
}

gsize
engine_stub_get_sent_size (EngineStub *stub)
{
  return g_bytes_get_size (stub->step);
}

gsize
engine_stub_get_received_size (EngineStub *stub)
{
  return stub->received_size;
}

void
engine_stub_finish (EngineStub *stub)
{
  for (guint i = 0; i < stub->connections->len; i++)
    {
      SoupWebsocketConnection *connection =
          g_ptr_array_index (stub->connections, i);

      if (stub->echo && soup_websocket_connection_get_state (connection) ==
                            SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (connection,
                                         SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
      else if (!stub->echo)
        send_bytes (connection, stub->finished);
    }
}
