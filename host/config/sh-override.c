/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-override.h"

#include <string.h>

#include "sh-error.h"
#include "sh-strict.h"
#include "sh-table.h"
#include "sh-text.h"
#include "sh-value.h"

typedef struct
{
  const SimhostField *field;
  guint8 *bytes; /* of the member */
} Override;

struct ShOverrides
{
  GArray *rows; /* Override */
};

static void
override_clear (gpointer data)
{
  g_free (((Override *) data)->bytes);
}

static gboolean
fail_unknown (const SimhostSimulator *simulator,
              const char *name,
              GError **error)
{
  const SimhostSchema *table = &simulator->config;
  g_autoptr (GString) known = g_string_new (NULL);
  const char *near = NULL;

  for (guint i = 0; i < table->n_fields; i++)
    {
      const char *field = sh_table_field (table, i)->name;

      if (near == NULL && sh_text_is_near (name, field))
        near = field;
      g_string_append_printf (known, "%s'%s'", i > 0 ? ", " : "", field);
    }
  if (near != NULL)
    g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                 "--set %s: simulator '%s' has no such config field; did you "
                 "mean '%s'?",
                 name, simulator->name, near);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                 "--set %s: simulator '%s' has no such config field; it has %s",
                 name, simulator->name,
                 known->len > 0 ? known->str : "none at all");
  return FALSE;
}

/* Unlike on the wire, where every text that is not empty is true. */
static gboolean
parse_bool (const char *text, guint8 *bytes)
{
  static const char *const words[] = { "false", "true", "0", "1" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i]) == 0)
      {
        *bytes = i % 2;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_value (const SimhostField *field, const char *text, guint8 *bytes)
{
  const ShValue value = { .kind = SH_VALUE_TEXT,
                          .text = text,
                          .length = strlen (text) };

  if (field->type == SIMHOST_TYPE_BOOL)
    return parse_bool (text, bytes);
  return sh_value_store (&value, field->type, field->size, bytes);
}

/* Ranges and named values, as in strict mode: of a struct with this field
 * alone. */
static gboolean
check_range (const SimhostField *field, const guint8 *bytes, GError **error)
{
  SimhostField alone = *field;
  const SimhostSchema table = { .struct_size = sizeof table,
                                .field_size = sizeof alone,
                                .name = "config",
                                .size = field->size,
                                .n_fields = 1,
                                .fields = &alone };
  g_autofree char *problem = NULL;

  alone.offset = 0;
  problem = sh_strict_check_values ("config", &table, bytes);
  if (problem == NULL)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "--set %s: %s", field->name,
               problem);
  return FALSE;
}

static gboolean
add_value (ShOverrides *overrides,
           const SimhostField *field,
           const char *text,
           GError **error)
{
  Override row = { field, g_malloc0 (field->size) };
  g_autofree char *shown = NULL;

  g_array_append_val (overrides->rows, row);
  if (parse_value (field, text, row.bytes))
    return check_range (field, row.bytes, error);
  shown = sh_text_to_line (text, 40);
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "--set %s: '%s' is no %s",
               field->name, shown, sh_table_type_to_string (field->type));
  return FALSE;
}

static gboolean
add (ShOverrides *overrides,
     const SimhostSimulator *simulator,
     const char *text,
     GError **error)
{
  const char *equals = strchr (text, '=');
  g_autofree char *name = NULL;
  const SimhostField *field;

  if (equals == NULL || equals == text)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "--set %s: write --set FIELD=VALUE", text);
      return FALSE;
    }
  name = g_strndup (text, (gsize) (equals - text));
  field = sh_table_find (&simulator->config, name);
  if (field == NULL)
    return fail_unknown (simulator, name, error);
  if (field->count > 1 || field->type == SIMHOST_TYPE_LUMINANCE)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "--set %s: only single values can be set", name);
      return FALSE;
    }
  return add_value (overrides, field, equals + 1, error);
}

ShOverrides *
sh_overrides_new (const SimhostSimulator *simulator,
                  const char *const *texts,
                  GError **error)
{
  g_autoptr (ShOverrides) overrides = g_new0 (ShOverrides, 1);

  overrides->rows = g_array_new (FALSE, FALSE, sizeof (Override));
  g_array_set_clear_func (overrides->rows, override_clear);
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    if (!add (overrides, simulator, texts[i], error))
      return NULL;
  return g_steal_pointer (&overrides);
}

void
sh_overrides_free (ShOverrides *overrides)
{
  if (overrides == NULL)
    return;
  g_array_unref (overrides->rows);
  g_free (overrides);
}

void
sh_overrides_apply (const ShOverrides *overrides, gpointer config)
{
  for (guint i = 0; overrides != NULL && i < overrides->rows->len; i++)
    {
      const Override *row = &g_array_index (overrides->rows, Override, i);

      memcpy ((guint8 *) config + row->field->offset, row->bytes,
              row->field->size);
    }
}
