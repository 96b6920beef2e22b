/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "engine-messages.h"

#include <stdio.h>
#include <stdlib.h>

#include "simulator.pb-c.h"

#define TYPE(NAME) SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__##NAME

/* A frame of a server, with a message of less than 64 KiB. */
static GBytes *
pack (const ShWire__ServerToSimulator *message)
{
  gsize size = sh_wire__server_to_simulator__get_packed_size (message);
  gsize header = size < 126 ? 2 : 4;
  guint8 *data = g_malloc (header + size);

  g_assert (size < 65536);
  data[0] = 0x82;
  data[1] = size < 126 ? (guint8) size : 126;
  if (header == 4)
    {
      data[2] = (guint8) (size >> 8);
      data[3] = (guint8) size;
    }
  sh_wire__server_to_simulator__pack (message, data + header);
  return g_bytes_new_take (data, header + size);
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
make_schema (const Field *fields)
{
  ShWire__DescriptorProto *schema = g_new (ShWire__DescriptorProto, 1);
  gsize n = 0;

  while (fields[n].name != NULL)
    n++;

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

#define MAX_FIELDS 5

typedef struct
{
  gsize size;
  guint8 data[16];
} Message;

/* What simulators have, by how their names begin, and what they are sent: a
 * config, and two actions by turns. Each step must have a reward that is not
 * 0. */
typedef struct
{
  const char *name;
  Field config[MAX_FIELDS + 1]; /* up to a NULL name */
  Field state[MAX_FIELDS + 1];
  Field action[MAX_FIELDS + 1];
  Message settings, actions[2];
} Model;

static const Model models[] = {
  {
      .name = "cartpole",
      .state = { { "position", 2 },
                 { "velocity", 2 },
                 { "angle", 2 },
                 { "rotation", 2 } },
      .action = { { "command", 5 } },
      /* Left and right: that keeps a pole up for some 30 steps. */
      .actions = { { 2, { 0x08, 0 } }, { 2, { 0x08, 1 } } },
  },
  {
      .name = "counter",
      .config = { { "limit", 1 } },
      .state = { { "value", 1 },
                 { "step", 5 },
                 { "big", 3 },
                 { "over", 8 },
                 { "label", 9 } },
      .action = { { "delta", 5 }, { "gain", 2 } },
      .settings = { 9, { 0x09, 0, 0, 0, 0, 0, 0, 0xe0, 0x7f } }, /* 9e307 */
      .actions = { { 7, { 0x08, 1, 0x15, 0, 0, 0x80, 0x3f } },
                   { 7, { 0x08, 1, 0x15, 0, 0, 0x80, 0x3f } } },
  },
  {
      .name = "bad", /* of the tests */
      .config = { { "limit", 5 } },
      .state = { { "value", 1 }, { "step", 5 }, { "label", 9 } },
      .action = { { "push", 1 } },
      .settings = { 2, { 0x08, 50 } },
      .actions = { { 9, { 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f } },
                   { 9, { 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f } } },
  },
};

static const Model *
find_model (const char *simulator)
{
  for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
    if (g_str_has_prefix (simulator, models[i].name))
      return &models[i];
  fprintf (stderr, "engine stub: the fields of '%s' are not in its table\n",
           simulator);
  exit (1);
}

static void
make_greetings (EngineMessages *messages, const Model *model)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;
  ShWire__AcknowledgeRegisterData data =
      SH_WIRE__ACKNOWLEDGE_REGISTER_DATA__INIT;
  ShWire__SetPropertiesData properties = SH_WIRE__SET_PROPERTIES_DATA__INIT;
  ShWire__DescriptorProto *config = make_schema (model->config);
  ShWire__DescriptorProto *state = make_schema (model->state);
  ShWire__DescriptorProto *action = make_schema (model->action);

  message.message_type = TYPE (ACKNOWLEDGE_REGISTER);
  message.acknowledge_register_data = &data;
  data.properties_schema = config;
  data.output_schema = state;
  data.prediction_schema = action;
  data.sim_id = 1;
  messages->acknowledge = pack (&message);
  message.message_type = TYPE (SET_PROPERTIES);
  message.acknowledge_register_data = NULL;
  message.set_properties_data = &properties;
  properties.prediction_schema = action;
  properties.dynamic_properties.data = (guint8 *) model->settings.data;
  properties.dynamic_properties.len = model->settings.size;
  messages->set_properties = pack (&message);
  messages->start = pack_plain (TYPE (START));
  messages->finished = pack_plain (TYPE (FINISHED));
  free_schema (config);
  free_schema (state);
  free_schema (action);
}

static GBytes *
make_prediction (const Model *model, guint n)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;
  g_autofree ShWire__PredictionData *rows = g_new (ShWire__PredictionData, n);
  g_autofree ShWire__PredictionData **pointers =
      g_new (ShWire__PredictionData *, n);

  for (guint i = 0; i < n; i++)
    {
      sh_wire__prediction_data__init (&rows[i]);
      rows[i].dynamic_prediction.data = (guint8 *) model->actions[i % 2].data;
      rows[i].dynamic_prediction.len = model->actions[i % 2].size;
      pointers[i] = &rows[i];
    }
  message.message_type = TYPE (PREDICTION);
  message.n_prediction_data = n;
  message.prediction_data = pointers;
  return pack (&message);
}

void
engine_messages_init (EngineMessages *messages,
                      const char *simulator,
                      guint batch)
{
  const Model *model = find_model (simulator);

  make_greetings (messages, model);
  messages->step = make_prediction (model, batch);
}

void
engine_messages_clear (EngineMessages *messages)
{
  g_clear_pointer (&messages->acknowledge, g_bytes_unref);
  g_clear_pointer (&messages->set_properties, g_bytes_unref);
  g_clear_pointer (&messages->start, g_bytes_unref);
  g_clear_pointer (&messages->finished, g_bytes_unref);
  g_clear_pointer (&messages->step, g_bytes_unref);
}
