/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The checks of a plugin's tables. Each level adds to the message where it is:
 * a row does not know of which schema it is.
 */

#include "sh-plugin-check.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-field-type.h"
#include "sh-loop.h"
#include "sh-schema.h"
#include "sh-text.h"

#define REWARD_FLAGS (SIMHOST_REWARD_DEFAULT | SIMHOST_REWARD_ALIAS)
#define SIMULATOR_FLAGS                                                        \
  (SIMHOST_SIMULATOR_SLOW | SIMHOST_SIMULATOR_NONDETERMINISTIC |               \
   SIMHOST_SIMULATOR_EVENT_DRIVEN | SIMHOST_SIMULATOR_EXTERNAL)
#define FIELD_FLAGS                                                            \
  (SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX | SIMHOST_FIELD_HAS_STEP)

static gboolean bad (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static gboolean
bad (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (SH_ERROR, SH_ERROR_PLUGIN, format, args);
  va_end (args);
  return FALSE;
}

/* A number for a message, in memory that lasts until the end of the block. */
typedef struct
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
} Number;

static Number
format_number (double value)
{
  g_autofree char *text = sh_text_from_number (value);
  Number number;

  g_strlcpy (number.text, text, sizeof number.text);
  return number;
}

#define NUMBER(value) (format_number (value).text)

/* Something wrong, shortened so that it can stand in a line. */
static char *
quote (const char *text)
{
  g_autofree char *start = g_strndup (text, 40);
  g_autofree char *valid = g_utf8_make_valid (start, -1);

  return g_strescape (valid, NULL);
}

static gboolean
is_identifier (const char *text)
{
  gsize length = strnlen (text, SH_SCHEMA_MAX_NAME + 1);

  if (length == 0 || length > SH_SCHEMA_MAX_NAME || g_ascii_isdigit (text[0]))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '_')
      return FALSE;
  return TRUE;
}

static gboolean
check_identifier (const char *text, GError **error)
{
  g_autofree char *shown = NULL;

  if (text == NULL)
    return bad (error, "has no name");
  if (is_identifier (text))
    return TRUE;
  shown = quote (text);
  return bad (error,
              "'%s' is no name: it takes a letter or '_', then letters, "
              "digits and '_', at most %u",
              shown, SH_SCHEMA_MAX_NAME);
}

static gboolean
check_text (const char *text, const char *what, gboolean needed, GError **error)
{
  gsize length;

  if (text == NULL || text[0] == '\0')
    return !needed || bad (error, "has no %s", what);
  length = strnlen (text, SH_PLUGIN_MAX_TEXT + 1);
  if (length > SH_PLUGIN_MAX_TEXT)
    return bad (error, "its %s is longer than %u bytes", what,
                SH_PLUGIN_MAX_TEXT);
  if (!g_utf8_validate (text, (gssize) length, NULL))
    return bad (error, "its %s is not UTF-8", what);
  return TRUE;
}

/* Names seen so far, to find one that comes twice. */
static gboolean
check_unique (GHashTable *names, const char *name, GError **error)
{
  return g_hash_table_add (names, (gpointer) name) ||
         bad (error, "the name is taken by an earlier one");
}

static gboolean
check_number (const ShFieldType *type,
              const char *what,
              double value,
              GError **error)
{
  if (!isfinite (value))
    return bad (error, "%s is not a finite number", what);
  if (value < type->min || value > type->max)
    return bad (error, "%s %s does not fit in %s", what, NUMBER (value),
                type->name);
  if (type->kind != SH_FIELD_FLOATING && value != trunc (value))
    return bad (error, "%s %s is no whole number, as %s needs", what,
                NUMBER (value), type->name);
  return TRUE;
}

static gboolean
check_range (const SimhostField *field, const ShFieldType *type, GError **error)
{
  const guint both = SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX;

  if (field->flags & ~FIELD_FLAGS)
    return bad (error, "unknown flags 0x%x", field->flags & ~FIELD_FLAGS);
  if (field->flags == 0)
    return TRUE;
  if (!sh_field_type_is_number (type))
    return bad (error, "a %s has no range", type->name);
  if ((field->flags & SIMHOST_FIELD_HAS_MIN) &&
      !check_number (type, "min", field->min, error))
    return FALSE;
  if ((field->flags & SIMHOST_FIELD_HAS_MAX) &&
      !check_number (type, "max", field->max, error))
    return FALSE;
  if ((field->flags & both) == both && field->min > field->max)
    return bad (error, "min %s is above max %s", NUMBER (field->min),
                NUMBER (field->max));
  if (field->flags & SIMHOST_FIELD_HAS_STEP)
    {
      if ((field->flags & both) != both)
        return bad (error, "a step needs min and max");
      if (!check_number (type, "step", field->step, error))
        return FALSE;
      if (field->step <= 0.0)
        return bad (error, "step %s is not positive", NUMBER (field->step));
    }
  return TRUE;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static gboolean
check_distinct (const SimhostField *field, GError **error)
{
  g_autofree double *sorted = g_new (double, field->n_values);

  for (guint i = 0; i < field->n_values; i++)
    sorted[i] = field->values[i].value;
  qsort (sorted, field->n_values, sizeof *sorted, compare_doubles);
  for (guint i = 1; i < field->n_values; i++)
    if (sorted[i - 1] == sorted[i])
      return bad (error, "two values are %s", NUMBER (sorted[i]));
  return TRUE;
}

static gboolean
check_named_value (const SimhostValue *value,
                   const SimhostValue *first,
                   GHashTable *names,
                   GError **error)
{
  if ((value->name == NULL) != (first->name == NULL))
    return bad (error, "all values have names, or none has");
  return value->name == NULL || (check_identifier (value->name, error) &&
                                 check_unique (names, value->name, error));
}

static gboolean
check_values (const SimhostField *field,
              const ShFieldType *type,
              GError **error)
{
  g_autoptr (GHashTable) names = NULL;

  if (field->n_values == 0)
    return TRUE;
  if (!sh_field_type_is_number (type))
    return bad (error, "a %s has no enumerated values", type->name);
  if (field->n_values > SH_PLUGIN_MAX_VALUES)
    return bad (error, "%u values, more than %u", field->n_values,
                SH_PLUGIN_MAX_VALUES);
  if (field->values == NULL)
    return bad (error, "its values are missing");
  if (field->flags != 0)
    return bad (error, "has both values and a range");

  names = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < field->n_values; i++)
    {
      const SimhostValue *value = &field->values[i];

      if (!check_number (type, "the value", value->value, error) ||
          !check_named_value (value, field->values, names, error))
        {
          g_prefix_error (error, "value %u: ", i);
          return FALSE;
        }
      if (value->name == NULL && i > 0 && value->value <= value[-1].value)
        return bad (error,
                    "values without names must increase, and %s follows %s",
                    NUMBER (value->value), NUMBER (value[-1].value));
    }
  return check_distinct (field, error);
}

static gboolean
check_place (const SimhostField *field,
             const ShFieldType *type,
             guint struct_size,
             GError **error)
{
  if (field->count == 0)
    return bad (error, "has no elements");
  if (type->kind == SH_FIELD_TEXT)
    {
      if (field->count != 1)
        return bad (error, "an array of strings cannot be sent");
      if (field->size == 0)
        return bad (error, "a string of 0 bytes has no room for its end");
    }
  else if (field->size != (guint64) field->count * type->size)
    return bad (error, "%u bytes for %u of %s, which take %" G_GUINT64_FORMAT,
                field->size, field->count, type->name,
                (guint64) field->count * type->size);
  if ((guint64) field->offset + field->size > struct_size)
    return bad (error, "ends at byte %" G_GUINT64_FORMAT " of a struct of %u",
                (guint64) field->offset + field->size, struct_size);
  if (field->offset % type->alignment != 0)
    return bad (error, "%s cannot lie at byte %u", type->name, field->offset);
  return TRUE;
}

static gboolean
check_field (const SimhostField *field,
             guint struct_size,
             GHashTable *names,
             GError **error)
{
  const ShFieldType *type = sh_field_type_get (field->type);

  if (type == NULL)
    return bad (error, "unknown type %u", field->type);
  return check_unique (names, field->name, error) &&
         check_place (field, type, struct_size, error) &&
         check_range (field, type, error) &&
         check_values (field, type, error) &&
         check_text (field->unit, "unit", FALSE, error) &&
         check_text (field->description, "description", FALSE, error);
}

static gboolean
check_fields (const SimhostSchema *schema, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < schema->n_fields; i++)
    {
      const SimhostField *field = &schema->fields[i];

      if (!check_identifier (field->name, error))
        {
          g_prefix_error (error, "field %u: ", i);
          return FALSE;
        }
      if (!check_field (field, schema->size, names, error))
        {
          g_prefix_error (error, "field '%s': ", field->name);
          return FALSE;
        }
    }
  return TRUE;
}

static int
compare_offsets (gconstpointer a, gconstpointer b)
{
  const SimhostField *x = *(const SimhostField *const *) a;
  const SimhostField *y = *(const SimhostField *const *) b;

  return (x->offset > y->offset) - (x->offset < y->offset);
}

static gboolean
check_overlap (const SimhostSchema *schema, GError **error)
{
  g_autofree const SimhostField **order =
      g_new (const SimhostField *, schema->n_fields);

  for (guint i = 0; i < schema->n_fields; i++)
    order[i] = &schema->fields[i];
  qsort (order, schema->n_fields, sizeof *order, compare_offsets);
  for (guint i = 1; i < schema->n_fields; i++)
    if (order[i - 1]->offset + order[i - 1]->size > order[i]->offset)
      return bad (error, "the fields '%s' and '%s' overlap", order[i - 1]->name,
                  order[i]->name);
  return TRUE;
}

char *
sh_plugin_check_value (const SimhostField *field, double value)
{
  double min = field->min, max = field->max;

  if (!isfinite (value))
    return g_strdup ("is not a finite number");
  if (field->type == SIMHOST_TYPE_FLOAT)
    {
      min = (double) (float) min;
      max = (double) (float) max;
    }
  if ((field->flags & SIMHOST_FIELD_HAS_MIN) && value < min)
    return g_strdup_printf ("is %s, below its min %s", NUMBER (value),
                            NUMBER (field->min));
  if ((field->flags & SIMHOST_FIELD_HAS_MAX) && value > max)
    return g_strdup_printf ("is %s, above its max %s", NUMBER (value),
                            NUMBER (field->max));
  if (field->type == SIMHOST_TYPE_BOOL && value > 1.0)
    return g_strdup_printf ("is %s, and a bool is 0 or 1", NUMBER (value));
  for (guint i = 0; i < field->n_values; i++)
    if (value == field->values[i].value ||
        (field->type == SIMHOST_TYPE_FLOAT &&
         value == (double) (float) field->values[i].value))
      return NULL;
  return field->n_values == 0
             ? NULL
             : g_strdup_printf ("is %s, none of its values", NUMBER (value));
}

static gboolean
check_default (const SimhostField *field,
               const guint8 *defaults,
               GError **error)
{
  const ShFieldType *type = sh_field_type_get (field->type);

  if (type->kind == SH_FIELD_TEXT)
    {
      const char *text = (const char *) defaults + field->offset;
      gsize length = strnlen (text, field->size);

      if (length == field->size)
        return bad (error, "its default does not end in NUL");
      if (!g_utf8_validate (text, (gssize) length, NULL))
        return bad (error, "its default is not UTF-8");
    }
  if (!sh_field_type_is_number (type))
    return TRUE;
  for (guint i = 0; i < field->count; i++)
    {
      g_autofree char *problem =
          sh_plugin_check_value (field, sh_field_read (field, defaults, i));

      if (problem != NULL)
        return bad (error, "its default %s", problem);
    }
  return TRUE;
}

static gboolean
check_defaults (const SimhostSchema *schema, GError **error)
{
  if (schema->defaults == NULL)
    return TRUE;
  for (guint i = 0; i < schema->n_fields; i++)
    if (!check_default (&schema->fields[i], schema->defaults, error))
      {
        g_prefix_error (error, "field '%s': ", schema->fields[i].name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_schema (const SimhostSchema *schema,
              gboolean may_be_empty,
              GError **error)
{
  if (schema->n_fields == 0)
    return may_be_empty || bad (error, "has no fields");
  if (schema->size > SH_PLUGIN_MAX_STRUCT)
    return bad (error, "a struct of %u bytes, more than %u", schema->size,
                SH_PLUGIN_MAX_STRUCT);
  return check_identifier (schema->name, error) &&
         check_fields (schema, error) && check_overlap (schema, error) &&
         check_defaults (schema, error);
}

static gboolean
check_reward (const SimhostSimulator *simulator,
              guint index,
              gboolean functions,
              GHashTable *names,
              GError **error)
{
  const SimhostReward *reward = &simulator->rewards[index];

  if (reward->flags & ~REWARD_FLAGS)
    return bad (error, "unknown flags 0x%x", reward->flags & ~REWARD_FLAGS);
  if ((reward->flags & SIMHOST_REWARD_ALIAS) && index == 0)
    return bad (error, "is an alias, but there is no earlier reward");
  if (functions && !sh_simulator_has_loop (simulator) &&
      reward->evaluate == NULL)
    return bad (error, "has no evaluate function");
  if (functions && sh_simulator_has_loop (simulator) &&
      reward->evaluate != NULL)
    return bad (error, "has an evaluate function, which is never called: the "
                       "simulator's own loop says the reward");
  return check_unique (names, reward->name, error) &&
         check_text (reward->description, "description", FALSE, error);
}

static gboolean
check_rewards (const SimhostSimulator *simulator,
               gboolean functions,
               GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  const char *default_name = NULL;

  for (guint i = 0; i < simulator->n_rewards; i++)
    {
      const SimhostReward *reward = &simulator->rewards[i];

      if (!check_identifier (reward->name, error))
        {
          g_prefix_error (error, "reward %u: ", i);
          return FALSE;
        }
      if (!check_reward (simulator, i, functions, names, error))
        {
          g_prefix_error (error, "reward '%s': ", reward->name);
          return FALSE;
        }
      if (!(reward->flags & SIMHOST_REWARD_DEFAULT))
        continue;
      if (default_name != NULL)
        return bad (error, "the rewards '%s' and '%s' are both the default",
                    default_name, reward->name);
      default_name = reward->name;
    }
  return TRUE;
}

/* Of a simulator with a loop of its own. A function that is never called is a
 * misunderstanding. */
static gboolean
check_loop_functions (const SimhostSimulator *simulator, GError **error)
{
  const struct
  {
    const char *name;
    gboolean there;
  } functions[] = {
    { "set_properties", simulator->set_properties != NULL },
    { "reset", simulator->reset != NULL },
    { "start", simulator->start != NULL },
    { "advance", simulator->advance != NULL },
    { "get_state", simulator->get_state != NULL },
    { "stop", simulator->stop != NULL },
  };

  if (sh_simulator_is_event_driven (simulator) &&
      sh_simulator_is_external (simulator))
    return bad (error, "is both event-driven and external: choose one");
  if (simulator->create == NULL || simulator->destroy == NULL ||
      simulator->get_extension == NULL)
    return bad (error, "has no %s function",
                simulator->create == NULL    ? "create"
                : simulator->destroy == NULL ? "destroy"
                                             : "get_extension");
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    if (functions[i].there)
      return bad (error,
                  "has a function %s, which is never called: it has a loop of "
                  "its own; leave the one or the other out",
                  functions[i].name);
  return TRUE;
}

static gboolean
check_functions (const SimhostSimulator *simulator, GError **error)
{
  const struct
  {
    const char *name;
    gboolean missing;
  } functions[] = {
    { "create", simulator->create == NULL },
    { "destroy", simulator->destroy == NULL },
    { "set_properties",
      simulator->set_properties == NULL && simulator->config.n_fields > 0 },
    { "reset", simulator->reset == NULL },
    { "advance", simulator->advance == NULL },
    { "get_state", simulator->get_state == NULL },
  };

  if (sh_simulator_has_loop (simulator))
    return check_loop_functions (simulator, error);
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    if (functions[i].missing)
      return bad (error, "has no %s function", functions[i].name);
  return TRUE;
}

/* Whether a table's rows can be read at all. */
static gboolean
check_table (const char *what,
             gconstpointer rows,
             guint n_rows,
             guint most,
             guint row_size,
             gsize own_row_size,
             GError **error)
{
  if (n_rows == 0)
    return TRUE;
  if (n_rows > most)
    return bad (error, "%u %ss, more than %u", n_rows, what, most);
  if (rows == NULL)
    return bad (error, "its table of %ss is missing", what);
  if (row_size < own_row_size || row_size % G_ALIGNOF (double) != 0)
    return bad (error, "%u bytes for a %s, which takes %" G_GSIZE_FORMAT,
                row_size, what, own_row_size);
  return TRUE;
}

static gboolean
check_schema_extent (const SimhostSchema *schema, GError **error)
{
  /* A schema lies within the simulator's struct: it cannot grow. */
  if (schema->struct_size != sizeof *schema)
    return bad (error, "%u bytes for a schema, which takes %" G_GSIZE_FORMAT,
                schema->struct_size, sizeof *schema);
  return check_table ("field", schema->fields, schema->n_fields,
                      SH_SCHEMA_MAX_FIELDS, schema->field_size,
                      sizeof (SimhostField), error);
}

gboolean
sh_plugin_check_extent (const SimhostSimulator *simulator, GError **error)
{
  const struct
  {
    const char *name;
    const SimhostSchema *schema;
  } schemas[] = {
    { "config", &simulator->config },
    { "action", &simulator->action },
    { "state", &simulator->state },
  };

  if (!check_identifier (simulator->name, error))
    {
      g_prefix_error (error, "a simulator: ");
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (schemas); i++)
    if (!check_schema_extent (schemas[i].schema, error))
      {
        g_prefix_error (error, "simulator '%s', %s: ", simulator->name,
                        schemas[i].name);
        return FALSE;
      }
  if (check_table ("reward", simulator->rewards, simulator->n_rewards,
                   SH_PLUGIN_MAX_REWARDS, simulator->reward_size,
                   sizeof (SimhostReward), error))
    return TRUE;
  g_prefix_error (error, "simulator '%s': ", simulator->name);
  return FALSE;
}

static gboolean
check_schemas (const SimhostSimulator *simulator, GError **error)
{
  const struct
  {
    const char *name;
    const SimhostSchema *schema;
    gboolean may_be_empty;
  } schemas[] = {
    { "config", &simulator->config, TRUE },
    { "action", &simulator->action, FALSE },
    { "state", &simulator->state, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (schemas); i++)
    if (!check_schema (schemas[i].schema, schemas[i].may_be_empty, error))
      {
        g_prefix_error (error, "simulator '%s', %s: ", simulator->name,
                        schemas[i].name);
        return FALSE;
      }
  return TRUE;
}

gboolean
sh_plugin_check_simulator (const SimhostSimulator *simulator,
                           gboolean functions,
                           GError **error)
{
  if (!sh_plugin_check_extent (simulator, error) ||
      !check_schemas (simulator, error))
    return FALSE;
  if (((simulator->flags & ~SIMULATOR_FLAGS) &&
       !bad (error, "unknown flags 0x%x",
             simulator->flags & ~SIMULATOR_FLAGS)) ||
      !check_text (simulator->description, "description", FALSE, error) ||
      (functions && !check_functions (simulator, error)) ||
      !check_rewards (simulator, functions, error))
    {
      g_prefix_error (error, "simulator '%s': ", simulator->name);
      return FALSE;
    }
  return TRUE;
}

gboolean
sh_plugin_check_texts (const SimhostPlugin *plugin, GError **error)
{
  return check_text (plugin->id, "id", TRUE, error) &&
         check_text (plugin->name, "name", TRUE, error) &&
         check_text (plugin->version, "version", TRUE, error) &&
         check_text (plugin->vendor, "vendor", FALSE, error) &&
         check_text (plugin->license, "license", FALSE, error) &&
         check_text (plugin->homepage, "homepage", FALSE, error);
}
