/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Types and numbers as text, in the language's own notation: for messages, for
 * `simhost inspect`, and for tests.
 */

#include "sh-type.h"
#include "sh-type-private.h"

#include <string.h>

char *
sh_number_to_string (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  /* 17 digits always suffice, fewer nearly always do. */
  for (guint digits = 15; digits <= 17; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%ug", digits);
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  return g_strdup (text);
}

static void
append_number (GString *out, double value)
{
  g_autofree char *text = sh_number_to_string (value);

  g_string_append (out, text);
}

static void
append_quoted (GString *out, const char *text, char quote)
{
  g_string_append_c (out, quote);
  for (const char *c = text; *c != '\0'; c++)
    switch (*c)
      {
      case '\n':
        g_string_append (out, "\\n");
        break;
      case '\t':
        g_string_append (out, "\\t");
        break;
      case '\r':
        g_string_append (out, "\\r");
        break;
      default:
        if (*c == quote || *c == '\\')
          g_string_append_c (out, '\\');
        g_string_append_c (out, *c);
      }
  g_string_append_c (out, quote);
}

void
sh_type_append_name (GString *out, const char *name)
{
  gboolean plain = g_ascii_isalpha (*name) || *name == '_';

  for (const char *c = name; *c != '\0'; c++)
    plain = plain && (g_ascii_isalnum (*c) || *c == '_');
  if (plain)
    g_string_append (out, name);
  else
    append_quoted (out, name, '`');
}

static void
append_constraint (GString *out, const ShType *type)
{
  if (type->constraint == SH_CONSTRAINT_NONE)
    return;

  g_string_append_c (out, '<');
  for (guint i = 0; i < type->n_values; i++)
    {
      const ShEnumValue *value = &type->values[i];

      if (i > 0)
        g_string_append (out, ", ");
      if (value->name != NULL)
        {
          sh_type_append_name (out, value->name);
          g_string_append (out, " = ");
        }
      if (value->text != NULL)
        append_quoted (out, value->text, '"');
      else
        append_number (out, value->value);
    }
  if (type->n_values == 0)
    {
      append_number (out, type->min);
      g_string_append (out, " .. ");
      append_number (out, type->max);
    }
  if (type->constraint == SH_CONSTRAINT_STEPS)
    {
      g_string_append (out, " step ");
      append_number (out, type->step);
    }
  g_string_append_c (out, '>');
}

static void
append_type (GString *out, const ShType *type)
{
  switch (type->kind)
    {
    case SH_TYPE_NUMBER:
      if (type->number == SH_NUMBER_FLOAT64)
        g_string_append (out, "number");
      else
        g_string_append_printf (out, "Number.%s",
                                sh_number_kind_to_string (type->number));
      append_constraint (out, type);
      break;
    case SH_TYPE_STRING:
      g_string_append (out, "string");
      append_constraint (out, type);
      break;
    case SH_TYPE_IMAGE:
      g_string_append_printf (out, "Image.Gray<%u, %u>", type->width,
                              type->height);
      break;
    case SH_TYPE_ARRAY:
      {
        const ShType *element = type;

        while (element->kind == SH_TYPE_ARRAY)
          element = element->element;
        append_type (out, element);
        for (; type->kind == SH_TYPE_ARRAY; type = type->element)
          g_string_append_printf (out, "[%u]", type->length);
        break;
      }
    case SH_TYPE_STRUCT:
    default:
      g_string_append (out, type->n_fields > 0 ? "{ " : "{}");
      for (guint i = 0; i < type->n_fields; i++)
        {
          if (i > 0)
            g_string_append (out, ", ");
          sh_type_append_name (out, type->fields[i].name);
          g_string_append (out, ": ");
          append_type (out, type->fields[i].type);
        }
      if (type->n_fields > 0)
        g_string_append (out, " }");
      break;
    }
}

char *
sh_type_to_string (const ShType *type)
{
  GString *out;

  g_return_val_if_fail (type != NULL, NULL);

  out = g_string_new (NULL);
  append_type (out, type);
  return g_string_free (out, FALSE);
}
