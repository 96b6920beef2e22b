/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Descriptions of plugins, read from JSON. The process that wrote it had the
 * plugin's code in it, so nothing is taken for granted: each member's type is
 * looked at, and the tables pass the same checks as a plugin's own.
 */

#include <string.h>

#include "sh-error.h"
#include "sh-extension.h"
#include "sh-field-type.h"
#include "sh-plugin-check.h"
#include "sh-simulator-json.h"
#include "sh-text.h"

/* Text that is missing is shared, and never freed. */
typedef struct
{
  GPtrArray *memory; /* of the info */
  GError **error;
} Reader;

static gboolean
corrupt (Reader *reader, const char *member, const char *expected)
{
  g_set_error (reader->error, SH_ERROR, SH_ERROR_CORRUPT,
               "its description has no %s '%s'", expected, member);
  return FALSE;
}

static gpointer
allocate (Reader *reader, gsize n, gsize size)
{
  gpointer memory = g_malloc0_n (MAX (n, 1), size);

  g_ptr_array_add (reader->memory, memory);
  return memory;
}

/* A member that holds one value of `type`, a number for G_TYPE_DOUBLE. */
static JsonNode *
get_value (JsonObject *object, const char *member, GType type)
{
  JsonNode *node = json_object_get_member (object, member);
  GType found;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  found = json_node_get_value_type (node);
  return found == type || (type == G_TYPE_DOUBLE && found == G_TYPE_INT64)
             ? node
             : NULL;
}

static gboolean
read_text (Reader *reader,
           JsonObject *object,
           const char *member,
           const char **text)
{
  JsonNode *node = json_object_get_member (object, member);
  char *copy;

  *text = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if ((node = get_value (object, member, G_TYPE_STRING)) == NULL)
    return corrupt (reader, member, "text");
  copy = json_node_dup_string (node);
  g_ptr_array_add (reader->memory, copy);
  *text = copy;
  return TRUE;
}

static gboolean
read_uint (Reader *reader,
           JsonObject *object,
           const char *member,
           guint32 *value)
{
  JsonNode *node = get_value (object, member, G_TYPE_INT64);
  gint64 number = node != NULL ? json_node_get_int (node) : -1;

  if (number < 0 || number > G_MAXUINT32)
    return corrupt (reader, member, "number");
  *value = (guint32) number;
  return TRUE;
}

static gboolean
read_double (Reader *reader,
             JsonObject *object,
             const char *member,
             double *value)
{
  JsonNode *node = get_value (object, member, G_TYPE_DOUBLE);

  if (node == NULL)
    return corrupt (reader, member, "number");
  *value = json_node_get_double (node);
  return TRUE;
}

/* An array of objects. */
static gboolean
read_array (Reader *reader,
            JsonObject *object,
            const char *member,
            JsonArray **array)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return corrupt (reader, member, "list");
  *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (*array); i++)
    if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (*array, i)))
      return corrupt (reader, member, "list of objects");
  return TRUE;
}

static gboolean
read_flags (Reader *reader,
            JsonObject *object,
            const char *member,
            const char *const *names,
            guint32 *flags)
{
  JsonNode *node = json_object_get_member (object, member);
  JsonArray *array;

  *flags = 0;
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return corrupt (reader, member, "list");
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (item) ||
          json_node_get_value_type (item) != G_TYPE_STRING)
        return corrupt (reader, member, "list of texts");
      for (guint bit = 0; names[bit] != NULL; bit++)
        if (strcmp (names[bit], json_node_get_string (item)) == 0)
          *flags |= 1u << bit;
    }
  return TRUE;
}

static gboolean
read_values (Reader *reader, JsonObject *object, SimhostField *field)
{
  JsonArray *array;
  SimhostValue *values;

  if (!json_object_has_member (object, "values"))
    return TRUE;
  if (!read_array (reader, object, "values", &array))
    return FALSE;
  field->n_values = json_array_get_length (array);
  field->values = values =
      allocate (reader, field->n_values, sizeof (SimhostValue));
  for (guint i = 0; i < field->n_values; i++)
    {
      JsonObject *item = json_array_get_object_element (array, i);

      if (!read_text (reader, item, "name", &values[i].name) ||
          !read_double (reader, item, "value", &values[i].value))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_range (Reader *reader, JsonObject *object, SimhostField *field)
{
  struct
  {
    const char *member;
    guint32 flag;
    double *value;
  } ends[] = {
    { "min", SIMHOST_FIELD_HAS_MIN, &field->min },
    { "max", SIMHOST_FIELD_HAS_MAX, &field->max },
    { "step", SIMHOST_FIELD_HAS_STEP, &field->step },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (json_object_has_member (object, ends[i].member))
      {
        field->flags |= ends[i].flag;
        if (!read_double (reader, object, ends[i].member, ends[i].value))
          return FALSE;
      }
  return TRUE;
}

static gboolean
read_field (Reader *reader, JsonObject *object, SimhostField *field)
{
  const char *type;

  if (!read_text (reader, object, "name", &field->name) ||
      !read_text (reader, object, "type", &type) ||
      !read_uint (reader, object, "offset", &field->offset) ||
      !read_uint (reader, object, "size", &field->size) ||
      !read_uint (reader, object, "count", &field->count) ||
      !read_range (reader, object, field) ||
      !read_values (reader, object, field) ||
      !read_text (reader, object, "unit", &field->unit) ||
      !read_text (reader, object, "description", &field->description))
    return FALSE;
  field->type = sh_field_type_from_string (type);
  return TRUE;
}

/* Writes one number, which must be one that the field's type can hold. */
static gboolean
read_element (JsonNode *node, const SimhostField *field, guint8 *place)
{
  const ShFieldType *type = sh_field_type_get (field->type);
  union
  {
    double d;
    float f;
    gint64 i;
    guint64 u;
  } value = { .u = 0 };
  GType found;

  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  found = json_node_get_value_type (node);
  if (field->type == SIMHOST_TYPE_BOOL)
    {
      *place = found == G_TYPE_BOOLEAN && json_node_get_boolean (node);
      return found == G_TYPE_BOOLEAN;
    }
  if (type->kind == SH_FIELD_FLOATING)
    {
      if (found != G_TYPE_DOUBLE && found != G_TYPE_INT64)
        return FALSE;
      if (field->type == SIMHOST_TYPE_FLOAT)
        value.f = (float) json_node_get_double (node);
      else
        value.d = json_node_get_double (node);
    }
  else if (found == G_TYPE_INT64)
    {
      value.i = json_node_get_int (node);
      if ((double) value.i < type->min || (double) value.i > type->max)
        return FALSE;
    }
  else if (found != G_TYPE_STRING || field->type != SIMHOST_TYPE_UINT64 ||
           !g_ascii_string_to_unsigned (json_node_get_string (node), 10, 0,
                                        G_MAXUINT64, &value.u, NULL))
    return FALSE;
    /* The low bytes of a 64-bit integer are the integer of that size. */
#if G_BYTE_ORDER == G_BIG_ENDIAN
  if (type->kind != SH_FIELD_FLOATING)
    value.u <<= 8 * (sizeof value.u - type->size);
#endif
  memcpy (place, &value, type->size);
  return TRUE;
}

/* The field's place in `defaults` has been checked. */
static gboolean
read_default (Reader *reader,
              JsonObject *object,
              const SimhostField *field,
              guint8 *defaults)
{
  const ShFieldType *type = sh_field_type_get (field->type);
  JsonNode *node = json_object_get_member (object, "default");
  guint8 *place = defaults + field->offset;
  JsonArray *array;

  if (node == NULL)
    return TRUE;
  if (type->kind == SH_FIELD_TEXT)
    {
      if ((node = get_value (object, "default", G_TYPE_STRING)) == NULL ||
          g_strlcpy ((char *) place, json_node_get_string (node),
                     field->size) >= field->size)
        return corrupt (reader, "default", "fitting text");
      return TRUE;
    }
  if (type->kind == SH_FIELD_IMAGE)
    return corrupt (reader, "default", "number");
  if (field->count == 1)
    return read_element (node, field, place) ||
           corrupt (reader, "default", "fitting number");
  if (!JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) != field->count)
    return corrupt (reader, "default", "list of its elements as");
  array = json_node_get_array (node);
  for (guint i = 0; i < field->count; i++)
    if (!read_element (json_array_get_element (array, i), field,
                       place + i * type->size))
      return corrupt (reader, "default", "list of fitting numbers as");
  return TRUE;
}

static gboolean
read_schema (Reader *reader,
             JsonObject *object,
             const char *member,
             SimhostSchema *schema,
             JsonArray **array)
{
  JsonNode *node = json_object_get_member (object, member);
  SimhostField *fields;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return corrupt (reader, member, "object");
  object = json_node_get_object (node);
  if (!read_text (reader, object, "name", &schema->name) ||
      !read_uint (reader, object, "size", &schema->size) ||
      !read_array (reader, object, "fields", array))
    return FALSE;
  schema->struct_size = sizeof *schema;
  schema->field_size = sizeof *fields;
  schema->n_fields = json_array_get_length (*array);
  schema->fields = fields = allocate (reader, schema->n_fields, sizeof *fields);
  for (guint i = 0; i < schema->n_fields; i++)
    if (!read_field (reader, json_array_get_object_element (*array, i),
                     &fields[i]))
      return FALSE;
  return TRUE;
}

static gboolean
read_rewards (Reader *reader, JsonObject *object, SimhostSimulator *simulator)
{
  JsonArray *array;
  SimhostReward *rewards;

  if (!read_array (reader, object, "rewards", &array))
    return FALSE;
  simulator->n_rewards = json_array_get_length (array);
  simulator->reward_size = sizeof *rewards;
  simulator->rewards = rewards =
      allocate (reader, simulator->n_rewards, sizeof *rewards);
  for (guint i = 0; i < simulator->n_rewards; i++)
    {
      JsonObject *item = json_array_get_object_element (array, i);

      if (!read_text (reader, item, "name", &rewards[i].name) ||
          !read_flags (reader, item, "flags", sh_reward_flag_names,
                       &rewards[i].flags) ||
          !read_text (reader, item, "description", &rewards[i].description))
        return FALSE;
    }
  return TRUE;
}

/* Once the tables are known to be good, as the places of fields must be. */
static gboolean
read_defaults (Reader *reader, JsonArray *fields, SimhostSchema *config)
{
  guint8 *defaults = NULL;

  for (guint i = 0; i < config->n_fields; i++)
    {
      JsonObject *object = json_array_get_object_element (fields, i);

      if (!json_object_has_member (object, "default"))
        continue;
      if (defaults == NULL)
        defaults = allocate (reader, config->size, 1);
      if (!read_default (reader, object, &config->fields[i], defaults))
        return FALSE;
    }
  config->defaults = defaults;
  return TRUE;
}

static gboolean
read_simulator (Reader *reader, JsonObject *object, ShSimulatorInfo *info)
{
  SimhostSimulator *simulator = &info->simulator;
  JsonArray *config, *ignored;

  simulator->struct_size = sizeof *simulator;
  if (!read_text (reader, object, "name", &simulator->name) ||
      !read_text (reader, object, "description", &simulator->description) ||
      !read_flags (reader, object, "flags", sh_simulator_flag_names,
                   &simulator->flags) ||
      !read_flags (reader, object, "extensions", sh_extension_names,
                   &info->extensions) ||
      !read_schema (reader, object, "config", &simulator->config, &config) ||
      !read_schema (reader, object, "action", &simulator->action, &ignored) ||
      !read_schema (reader, object, "state", &simulator->state, &ignored) ||
      !read_rewards (reader, object, simulator))
    return FALSE;
  /* Twice: defaults cannot be read before, and are to be checked too. */
  return sh_plugin_check_simulator (simulator, FALSE, reader->error) &&
         read_defaults (reader, config, &simulator->config) &&
         sh_plugin_check_simulator (simulator, FALSE, reader->error);
}

static gboolean
read_plugin (Reader *reader, JsonObject *object, ShPluginInfo *info)
{
  SimhostPlugin texts = { .magic = SIMHOST_PLUGIN_MAGIC };
  JsonArray *array;

  if (!read_text (reader, object, "id", &texts.id) ||
      !read_text (reader, object, "name", &texts.name) ||
      !read_text (reader, object, "version", &texts.version) ||
      !read_text (reader, object, "vendor", &texts.vendor) ||
      !read_text (reader, object, "license", &texts.license) ||
      !read_text (reader, object, "homepage", &texts.homepage) ||
      !sh_plugin_check_texts (&texts, reader->error) ||
      !read_array (reader, object, "simulators", &array))
    return FALSE;
  info->id = g_strdup (texts.id);
  info->name = g_strdup (texts.name);
  info->version = g_strdup (texts.version);
  info->vendor = g_strdup (texts.vendor);
  info->license = g_strdup (texts.license);
  info->homepage = g_strdup (texts.homepage);

  if (json_array_get_length (array) > SH_PLUGIN_MAX_SIMULATORS)
    return corrupt (reader, "simulators", "sensible number of");
  info->n_simulators = json_array_get_length (array);
  info->simulators = g_new0 (ShSimulatorInfo, info->n_simulators);
  for (guint i = 0; i < info->n_simulators; i++)
    {
      info->simulators[i].plugin = info;
      if (!read_simulator (reader, json_array_get_object_element (array, i),
                           &info->simulators[i]))
        return FALSE;
    }
  return TRUE;
}

static ShPluginInfo *
info_new (const char *path)
{
  ShPluginInfo *info = g_new0 (ShPluginInfo, 1);

  g_atomic_ref_count_init (&info->ref_count);
  info->path = g_strdup (path);
  info->memory = g_ptr_array_new_with_free_func (g_free);
  return info;
}

ShPluginInfo *
sh_plugin_info_new_failed (const char *path,
                           const char *failure,
                           const char *const *output)
{
  ShPluginInfo *info = info_new (path);

  info->failure = sh_text_to_line (failure, -1);
  info->output = g_strdupv ((char **) output);
  return info;
}

/* Lines that are no text are left out. */
static char **
read_output (JsonObject *object)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  JsonNode *node = json_object_get_member (object, "output");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                         ? json_node_get_array (node)
                         : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      g_autofree char *line = NULL;

      if (!JSON_NODE_HOLDS_VALUE (item) ||
          json_node_get_value_type (item) != G_TYPE_STRING)
        continue;
      line = sh_text_to_line (json_node_get_string (item), -1);
      g_strv_builder_add (lines, line);
    }
  return g_strv_builder_end (lines);
}

ShPluginInfo *
sh_plugin_info_new_from_json (const char *path, JsonNode *node, GError **error)
{
  g_autoptr (ShPluginInfo) info = info_new (path);
  Reader reader = { info->memory, error };
  JsonObject *object;
  JsonNode *failure;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      corrupt (&reader, "plugin", "object");
      return NULL;
    }
  object = json_node_get_object (node);
  failure = get_value (object, "failure", G_TYPE_STRING);
  if (failure != NULL)
    {
      g_auto (GStrv) output = read_output (object);

      return sh_plugin_info_new_failed (path, json_node_get_string (failure),
                                        (const char *const *) output);
    }
  if (!read_plugin (&reader, object, info))
    return NULL;
  return g_steal_pointer (&info);
}

ShPluginInfo *
sh_plugin_info_ref (ShPluginInfo *info)
{
  g_atomic_ref_count_inc (&info->ref_count);
  return info;
}

void
sh_plugin_info_unref (ShPluginInfo *info)
{
  if (info == NULL || !g_atomic_ref_count_dec (&info->ref_count))
    return;
  g_free (info->path);
  g_free (info->failure);
  g_strfreev (info->output);
  g_free (info->id);
  g_free (info->name);
  g_free (info->version);
  g_free (info->vendor);
  g_free (info->license);
  g_free (info->homepage);
  g_free (info->simulators);
  g_ptr_array_unref (info->memory);
  g_free (info);
}
