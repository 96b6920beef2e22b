/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Descriptions of plugins, written as JSON.
 */

#include "sh-simulator-json.h"

#include <string.h>

#include "sh-field-type.h"

const char *const sh_simulator_flag_names[] = { "slow", "nondeterministic",
                                                NULL };
const char *const sh_reward_flag_names[] = { "default", "alias", NULL };

static void
add_string (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

/* Whole numbers are shown as such. */
static void
add_number_value (JsonBuilder *builder, double value)
{
  if (value == (double) (gint64) CLAMP (value, -0x1p53, 0x1p53))
    json_builder_add_int_value (builder, (gint64) value);
  else
    json_builder_add_double_value (builder, value);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  add_number_value (builder, value);
}

static void
add_element (JsonBuilder *builder,
             const SimhostField *field,
             const guint8 *values,
             guint index)
{
  const guint8 *place = values + field->offset;

  if (field->type == SIMHOST_TYPE_BOOL)
    json_builder_add_boolean_value (builder, place[index] != 0);
  else if (field->type == SIMHOST_TYPE_INT64)
    {
      gint64 value;

      memcpy (&value, place + index * sizeof value, sizeof value);
      json_builder_add_int_value (builder, value);
    }
  else if (field->type == SIMHOST_TYPE_UINT64)
    {
      guint64 value;
      g_autofree char *text = NULL;

      memcpy (&value, place + index * sizeof value, sizeof value);
      text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);
      if (value <= G_MAXINT64)
        json_builder_add_int_value (builder, (gint64) value);
      else
        json_builder_add_string_value (builder, text);
    }
  else
    add_number_value (builder, sh_field_read (field, values, index));
}

static void
add_default (JsonBuilder *builder,
             const SimhostField *field,
             const guint8 *values)
{
  const ShFieldType *type = sh_field_type_get (field->type);

  if (type->kind == SH_FIELD_IMAGE)
    return;
  json_builder_set_member_name (builder, "default");
  if (type->kind == SH_FIELD_TEXT)
    {
      json_builder_add_string_value (builder,
                                     (const char *) values + field->offset);
      return;
    }
  if (field->count == 1)
    {
      add_element (builder, field, values, 0);
      return;
    }
  json_builder_begin_array (builder);
  for (guint i = 0; i < field->count; i++)
    add_element (builder, field, values, i);
  json_builder_end_array (builder);
}

static void
add_values (JsonBuilder *builder, const SimhostField *field)
{
  json_builder_set_member_name (builder, "values");
  json_builder_begin_array (builder);
  for (guint i = 0; i < field->n_values; i++)
    {
      json_builder_begin_object (builder);
      if (field->values[i].name != NULL)
        add_string (builder, "name", field->values[i].name);
      add_number (builder, "value", field->values[i].value);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_field (JsonBuilder *builder,
           const SimhostField *field,
           const guint8 *defaults)
{
  json_builder_begin_object (builder);
  add_string (builder, "name", field->name);
  add_string (builder, "type", sh_field_type_get (field->type)->name);
  add_int (builder, "offset", field->offset);
  add_int (builder, "size", field->size);
  add_int (builder, "count", field->count);
  if (field->flags & SIMHOST_FIELD_HAS_MIN)
    add_number (builder, "min", field->min);
  if (field->flags & SIMHOST_FIELD_HAS_MAX)
    add_number (builder, "max", field->max);
  if (field->flags & SIMHOST_FIELD_HAS_STEP)
    add_number (builder, "step", field->step);
  if (field->n_values > 0)
    add_values (builder, field);
  add_string (builder, "unit", field->unit != NULL ? field->unit : "");
  add_string (builder, "description",
              field->description != NULL ? field->description : "");
  if (defaults != NULL)
    add_default (builder, field, defaults);
  json_builder_end_object (builder);
}

static void
add_schema (JsonBuilder *builder,
            const char *member,
            const SimhostSchema *schema)
{
  json_builder_set_member_name (builder, member);
  json_builder_begin_object (builder);
  add_string (builder, "name", schema->name != NULL ? schema->name : "");
  add_int (builder, "size", schema->size);
  json_builder_set_member_name (builder, "fields");
  json_builder_begin_array (builder);
  for (guint i = 0; i < schema->n_fields; i++)
    add_field (builder, &schema->fields[i], schema->defaults);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_flags (JsonBuilder *builder, guint32 flags, const char *const *names)
{
  json_builder_set_member_name (builder, "flags");
  json_builder_begin_array (builder);
  for (guint i = 0; names[i] != NULL; i++)
    if (flags & (1u << i))
      json_builder_add_string_value (builder, names[i]);
  json_builder_end_array (builder);
}

static void
add_reward (JsonBuilder *builder, const SimhostReward *reward)
{
  json_builder_begin_object (builder);
  add_string (builder, "name", reward->name);
  add_flags (builder, reward->flags, sh_reward_flag_names);
  add_string (builder, "description",
              reward->description != NULL ? reward->description : "");
  json_builder_end_object (builder);
}

void
sh_simulator_add_json (const SimhostSimulator *simulator, JsonBuilder *builder)
{
  add_string (builder, "name", simulator->name);
  add_string (builder, "description",
              simulator->description != NULL ? simulator->description : "");
  add_flags (builder, simulator->flags, sh_simulator_flag_names);
  add_schema (builder, "config", &simulator->config);
  add_schema (builder, "action", &simulator->action);
  add_schema (builder, "state", &simulator->state);
  json_builder_set_member_name (builder, "rewards");
  json_builder_begin_array (builder);
  for (guint i = 0; i < simulator->n_rewards; i++)
    add_reward (builder, &simulator->rewards[i]);
  json_builder_end_array (builder);
}

/* The plugin's own members: id to homepage. */
static void
add_plugin (const SimhostPlugin *plugin, JsonBuilder *builder)
{
  add_string (builder, "id", plugin->id);
  add_string (builder, "name", plugin->name);
  add_string (builder, "version", plugin->version);
  add_string (builder, "vendor", plugin->vendor);
  add_string (builder, "license", plugin->license);
  add_string (builder, "homepage", plugin->homepage);
}

void
sh_simulator_info_add_json (const ShSimulatorInfo *simulator,
                            JsonBuilder *builder)
{
  const ShPluginInfo *info = simulator->plugin;
  const SimhostPlugin plugin = {
    .id = info->id,
    .name = info->name,
    .version = info->version,
    .vendor = info->vendor,
    .license = info->license,
    .homepage = info->homepage,
  };

  sh_simulator_add_json (&simulator->simulator, builder);
  add_string (builder, "file", info->path);
  json_builder_set_member_name (builder, "plugin");
  json_builder_begin_object (builder);
  add_plugin (&plugin, builder);
  json_builder_end_object (builder);
}

char *
sh_plugin_to_json (const ShPlugin *plugin)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_plugin (sh_plugin_get_table (plugin), builder);
  json_builder_set_member_name (builder, "simulators");
  json_builder_begin_array (builder);
  for (guint i = 0; i < sh_plugin_get_n_simulators (plugin); i++)
    {
      json_builder_begin_object (builder);
      sh_simulator_add_json (sh_plugin_get_simulator (plugin, i), builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return sh_json_to_line (builder);
}

char *
sh_failure_to_json (const char *failure)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "failure", failure);
  json_builder_end_object (builder);
  return sh_json_to_line (builder);
}
