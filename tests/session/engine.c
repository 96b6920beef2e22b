/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "engine.h"

#include <stdlib.h>
#include <string.h>

static const struct
{
  const char *name;
  int type;
} types[] = {
  { "double", 1 }, { "float", 2 },   { "int64", 3 },  { "uint64", 4 },
  { "int32", 5 },  { "bool", 8 },    { "string", 9 }, { "group", 10 },
  { "image", 11 }, { "uint32", 13 },
};

static int
find_type (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].name, name) == 0)
      return types[i].type;
  g_error ("no type '%s'", name);
}

static ShWire__FieldDescriptorProto *
read_field (const char *text, int number)
{
  ShWire__FieldDescriptorProto *field = g_new (ShWire__FieldDescriptorProto, 1);
  g_auto (GStrv) parts = g_strsplit_set (text, ":@", 3);

  sh_wire__field_descriptor_proto__init (field);
  field->name = g_strdup (parts[0]);
  field->type = find_type (parts[1]);
  field->number = parts[2] != NULL ? atoi (parts[2]) : number;
  if (field->type == 11)
    field->type_name = (char *) "bonsai.inkling_types.proto.Luminance";
  return field;
}

static ShWire__DescriptorProto *
read_schema (const char *text)
{
  ShWire__DescriptorProto *schema;
  g_auto (GStrv) words = NULL;

  if (text == NULL)
    return NULL;
  schema = g_new (ShWire__DescriptorProto, 1);
  sh_wire__descriptor_proto__init (schema);
  schema->name = (char *) "Schema";
  if (*text == '\0')
    return schema;
  words = g_strsplit (text, " ", -1);
  schema->n_field = g_strv_length (words);
  schema->field = g_new (ShWire__FieldDescriptorProto *, schema->n_field);
  for (gsize i = 0; i < schema->n_field; i++)
    schema->field[i] = read_field (words[i], (int) i + 1);
  return schema;
}

static void
free_schema (ShWire__DescriptorProto *schema)
{
  if (schema == NULL)
    return;
  for (gsize i = 0; i < schema->n_field; i++)
    {
      g_free (schema->field[i]->name);
      g_free (schema->field[i]);
    }
  g_free (schema->field);
  g_free (schema);
}

static GBytes *
pack (const ShWire__ServerToSimulator *message)
{
  gsize size = sh_wire__server_to_simulator__get_packed_size (message);
  guint8 *data = g_malloc (size + 1);

  sh_wire__server_to_simulator__pack (message, data);
  return g_bytes_new_take (data, size);
}

GBytes *
engine_acknowledge (const char *config,
                    const char *state,
                    const char *action,
                    guint32 sim_id)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;
  ShWire__AcknowledgeRegisterData data =
      SH_WIRE__ACKNOWLEDGE_REGISTER_DATA__INIT;
  GBytes *bytes;

  message.message_type = ENGINE (ACKNOWLEDGE_REGISTER);
  message.acknowledge_register_data = &data;
  message.sim_id = 99; /* nobody reads this one */
  data.properties_schema = read_schema (config);
  data.output_schema = read_schema (state);
  data.prediction_schema = read_schema (action);
  data.sim_id = sim_id;
  bytes = pack (&message);
  free_schema (data.properties_schema);
  free_schema (data.output_schema);
  free_schema (data.prediction_schema);
  return bytes;
}

GBytes *
engine_set_properties (gconstpointer config,
                       gsize config_size,
                       const char *reward,
                       const char *action)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;
  ShWire__SetPropertiesData data = SH_WIRE__SET_PROPERTIES_DATA__INIT;
  GBytes *bytes;

  message.message_type = ENGINE (SET_PROPERTIES);
  message.set_properties_data = &data;
  data.dynamic_properties.data = (guint8 *) config;
  data.dynamic_properties.len = config_size;
  data.reward_name = (char *) reward;
  data.prediction_schema = read_schema (action);
  bytes = pack (&message);
  free_schema (data.prediction_schema);
  return bytes;
}

GBytes *
engine_plain (int type)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;

  message.message_type = (EngineType) type;
  return pack (&message);
}

GBytes *
engine_predict_bytes (guint n, GBytes *const *actions)
{
  ShWire__ServerToSimulator message = SH_WIRE__SERVER_TO_SIMULATOR__INIT;
  g_autofree ShWire__PredictionData *rows =
      g_new0 (ShWire__PredictionData, n + 1);
  g_autofree ShWire__PredictionData **pointers =
      g_new0 (ShWire__PredictionData *, n + 1);

  for (guint i = 0; i < n; i++)
    {
      gsize size;

      sh_wire__prediction_data__init (&rows[i]);
      rows[i].dynamic_prediction.data =
          (guint8 *) g_bytes_get_data (actions[i], &size);
      rows[i].dynamic_prediction.len = size;
      pointers[i] = &rows[i];
    }
  message.message_type = ENGINE (PREDICTION);
  message.n_prediction_data = n;
  message.prediction_data = pointers;
  return pack (&message);
}

static GBytes *
pack_action (int value)
{
  guint8 bytes[11] = { 0x08 };
  guint64 rest = (guint64) (gint64) value;
  gsize n = 1;

  for (; rest >= 0x80; rest >>= 7)
    bytes[n++] = (guint8) (rest | 0x80);
  bytes[n++] = (guint8) rest;
  return g_bytes_new (bytes, n);
}

GBytes *
engine_predict (guint n, ...)
{
  g_autoptr (GPtrArray) actions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  va_list args;

  va_start (args, n);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (actions, pack_action (va_arg (args, int)));
  va_end (args);
  return engine_predict_bytes (n, (GBytes **) actions->pdata);
}

GBytes *
engine_from_hex (const char *hex)
{
  gsize size = strlen (hex) / 2;
  guint8 *data = g_malloc (size + 1);

  g_assert_cmpuint (strlen (hex) % 2, ==, 0);
  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 |
                        g_ascii_xdigit_value (hex[2 * i + 1]));
  return g_bytes_new_take (data, size);
}

ShWire__SimulatorToServer *
engine_read (GBytes *reply)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (reply, &size);
  ShWire__SimulatorToServer *message =
      sh_wire__simulator_to_server__unpack (NULL, size, data);

  g_assert_nonnull (message);
  return message;
}

void
engine_free_reply (ShWire__SimulatorToServer *reply)
{
  sh_wire__simulator_to_server__free_unpacked (reply, NULL);
}
