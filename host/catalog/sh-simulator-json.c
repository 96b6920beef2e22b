/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Descriptions of plugins, written as JSON.
 */

#include "sh-simulator-json.h"

#include <string.h>

#include "sh-extension.h"
#include "sh-field-type.h"

const char *const sh_simulator_flag_names[] = { "slow", "nondeterministic",
                                                "event-driven", "external",
                                                NULL };
const char *const sh_reward_flag_names[] = { "default", "alias", NULL };

static void
add_string (GString *json, const char *name, const char *text)
{
  sh_json_member (json, name);
  sh_json_string (json, text);
}

static void
add_int (GString *json, const char *name, gint64 value)
{
  sh_json_member (json, name);
  sh_json_int (json, value);
}

static void
add_number (GString *json, const char *name, double value)
{
  sh_json_member (json, name);
  sh_json_number (json, value);
}

static void
add_element (GString *json,
             const SimhostField *field,
             const guint8 *values,
             guint index)
{
  const guint8 *place = values + field->offset;

  if (field->type == SIMHOST_TYPE_BOOL)
    sh_json_bool (json, place[index] != 0);
  else if (field->type == SIMHOST_TYPE_INT64)
    {
      gint64 value;

      memcpy (&value, place + index * sizeof value, sizeof value);
      sh_json_int (json, value);
    }
  else if (field->type == SIMHOST_TYPE_UINT64)
    {
      guint64 value;
      g_autofree char *text = NULL;

      memcpy (&value, place + index * sizeof value, sizeof value);
      text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);
      if (value <= G_MAXINT64)
        sh_json_int (json, (gint64) value);
      else
        sh_json_string (json, text);
    }
  else
    sh_json_number (json, sh_field_read (field, values, index));
}

static void
add_default (GString *json, const SimhostField *field, const guint8 *values)
{
  const ShFieldType *type = sh_field_type_get (field->type);

  if (type->kind == SH_FIELD_IMAGE)
    return;
  sh_json_member (json, "default");
  if (type->kind == SH_FIELD_TEXT)
    {
      sh_json_string (json, (const char *) values + field->offset);
      return;
    }
  if (field->count == 1)
    {
      add_element (json, field, values, 0);
      return;
    }
  sh_json_open (json, '[');
  for (guint i = 0; i < field->count; i++)
    add_element (json, field, values, i);
  sh_json_close (json, ']');
}

static void
add_values (GString *json, const SimhostField *field)
{
  sh_json_member (json, "values");
  sh_json_open (json, '[');
  for (guint i = 0; i < field->n_values; i++)
    {
      sh_json_open (json, '{');
      if (field->values[i].name != NULL)
        add_string (json, "name", field->values[i].name);
      add_number (json, "value", field->values[i].value);
      sh_json_close (json, '}');
    }
  sh_json_close (json, ']');
}

static void
add_field (GString *json, const SimhostField *field, const guint8 *defaults)
{
  sh_json_open (json, '{');
  add_string (json, "name", field->name);
  add_string (json, "type", sh_field_type_get (field->type)->name);
  add_int (json, "offset", field->offset);
  add_int (json, "size", field->size);
  add_int (json, "count", field->count);
  if (field->flags & SIMHOST_FIELD_HAS_MIN)
    add_number (json, "min", field->min);
  if (field->flags & SIMHOST_FIELD_HAS_MAX)
    add_number (json, "max", field->max);
  if (field->flags & SIMHOST_FIELD_HAS_STEP)
    add_number (json, "step", field->step);
  if (field->n_values > 0)
    add_values (json, field);
  add_string (json, "unit", field->unit != NULL ? field->unit : "");
  add_string (json, "description",
              field->description != NULL ? field->description : "");
  if (defaults != NULL)
    add_default (json, field, defaults);
  sh_json_close (json, '}');
}

static void
add_schema (GString *json, const char *member, const SimhostSchema *schema)
{
  sh_json_member (json, member);
  sh_json_open (json, '{');
  add_string (json, "name", schema->name != NULL ? schema->name : "");
  add_int (json, "size", schema->size);
  sh_json_member (json, "fields");
  sh_json_open (json, '[');
  for (guint i = 0; i < schema->n_fields; i++)
    add_field (json, &schema->fields[i], schema->defaults);
  sh_json_close (json, ']');
  sh_json_close (json, '}');
}

static void
add_flags (GString *json,
           const char *member,
           guint32 flags,
           const char *const *names)
{
  sh_json_member (json, member);
  sh_json_open (json, '[');
  for (guint i = 0; names[i] != NULL; i++)
    if (flags & (1u << i))
      sh_json_string (json, names[i]);
  sh_json_close (json, ']');
}

static void
add_reward (GString *json, const SimhostReward *reward)
{
  sh_json_open (json, '{');
  add_string (json, "name", reward->name);
  add_flags (json, "flags", reward->flags, sh_reward_flag_names);
  add_string (json, "description",
              reward->description != NULL ? reward->description : "");
  sh_json_close (json, '}');
}

void
sh_simulator_add_json (const SimhostSimulator *simulator,
                       guint32 extensions,
                       GString *json)
{
  add_string (json, "name", simulator->name);
  add_string (json, "description",
              simulator->description != NULL ? simulator->description : "");
  add_flags (json, "flags", simulator->flags, sh_simulator_flag_names);
  add_flags (json, "extensions", extensions, sh_extension_names);
  add_schema (json, "config", &simulator->config);
  add_schema (json, "action", &simulator->action);
  add_schema (json, "state", &simulator->state);
  sh_json_member (json, "rewards");
  sh_json_open (json, '[');
  for (guint i = 0; i < simulator->n_rewards; i++)
    add_reward (json, &simulator->rewards[i]);
  sh_json_close (json, ']');
}

void
sh_plugin_add_json (const SimhostPlugin *plugin, GString *json)
{
  add_string (json, "id", plugin->id);
  add_string (json, "name", plugin->name);
  add_string (json, "version", plugin->version);
  add_string (json, "vendor", plugin->vendor);
  add_string (json, "license", plugin->license);
  add_string (json, "homepage", plugin->homepage);
}

void
sh_simulator_info_add_json (const ShSimulatorInfo *simulator, GString *json)
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

  sh_simulator_add_json (&simulator->simulator, simulator->extensions, json);
  add_string (json, "file", info->path);
  sh_json_member (json, "plugin");
  sh_json_open (json, '{');
  sh_plugin_add_json (&plugin, json);
  sh_json_close (json, '}');
}

char *
sh_failure_to_json (const char *failure, const char *const *output)
{
  GString *json = g_string_new (NULL);

  sh_json_open (json, '{');
  add_string (json, "failure", failure);
  sh_json_member (json, "output");
  sh_json_open (json, '[');
  for (guint i = 0; output != NULL && output[i] != NULL; i++)
    sh_json_string (json, output[i]);
  sh_json_close (json, ']');
  sh_json_close (json, '}');
  return g_string_free (json, FALSE);
}
