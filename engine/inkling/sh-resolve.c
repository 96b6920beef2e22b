/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Resolution of types. Types that are declared once are shared by all who name
 * them; what is made anew is counted, so that a short text cannot make a large
 * program.
 */

#include "sh-resolve.h"

#include "sh-constraint.h"
#include "sh-type-private.h"

#include <string.h>

/* Characters of a type in a message. */
#define MAX_DESCRIPTION 60

char *
sh_resolve_describe (const ShType *type)
{
  g_autofree char *text = NULL;

  if (type->kind == SH_TYPE_STRUCT)
    return g_strdup ("a struct");
  if (type->kind == SH_TYPE_ARRAY)
    {
      const ShType *element = type;

      while (element->kind == SH_TYPE_ARRAY)
        element = element->element;
      if (element->kind == SH_TYPE_STRUCT)
        return g_strdup ("an array of structs");
    }
  text = sh_type_to_string (type);
  if (g_utf8_strlen (text, -1) > MAX_DESCRIPTION)
    {
      g_autofree char *start = g_utf8_substring (text, 0, MAX_DESCRIPTION);

      return g_strdup_printf ("%s...", start);
    }
  return g_steal_pointer (&text);
}

/* Values ------------------------------------------------------------------ */

static void
refuse_value (ShScope *scope, const ShType *type, const ShConstant *value)
{
  g_autofree char *wanted = sh_resolve_describe (type);

  if (value->kind == SH_CONSTANT_NUMBER)
    {
      g_autofree char *number = sh_number_to_string (value->number);

      sh_diagnostics_error (scope->diagnostics, value->span,
                            "%s is not a value of %s", number, wanted);
    }
  else
    sh_diagnostics_error (scope->diagnostics, value->span,
                          "%s is not a value of %s",
                          sh_constant_describe (value), wanted);
}

static gboolean
check_struct (ShScope *scope, const ShType *type, const ShConstant *value)
{
  if (!sh_scope_count (scope, value->n_items, value->span))
    return FALSE;
  for (guint i = 0; i < value->n_items; i++)
    {
      const ShTypeField *field =
          sh_type_find_field (type, value->names[i].text);

      if (field == NULL)
        {
          sh_diagnostics_error (scope->diagnostics, value->names[i].span,
                                "the type has no field '%s'",
                                value->names[i].text);
          return FALSE;
        }
      if (!sh_resolve_check_value (scope, field->type, value->items[i]))
        return FALSE;
    }
  for (guint i = 0; i < type->n_fields; i++)
    if (sh_constant_find (value, type->fields[i].name) == NULL)
      {
        sh_diagnostics_error (scope->diagnostics, value->span,
                              "the field '%s' is missing",
                              type->fields[i].name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_array (ShScope *scope, const ShType *type, const ShConstant *value)
{
  if (value->n_items != type->length)
    {
      sh_diagnostics_error (scope->diagnostics, value->span,
                            "%u element%s where there must be %u",
                            value->n_items, value->n_items == 1 ? "" : "s",
                            type->length);
      return FALSE;
    }
  if (!sh_scope_count (scope, value->n_items, value->span))
    return FALSE;
  for (guint i = 0; i < value->n_items; i++)
    if (!sh_resolve_check_value (scope, type->element, value->items[i]))
      return FALSE;
  return TRUE;
}

gboolean
sh_resolve_check_value (ShScope *scope,
                        const ShType *type,
                        const ShConstant *value)
{
  if (type->kind == SH_TYPE_STRUCT && value->kind == SH_CONSTANT_STRUCT)
    return check_struct (scope, type, value);
  if (type->kind == SH_TYPE_ARRAY && value->kind == SH_CONSTANT_ARRAY)
    return check_array (scope, type, value);
  if ((value->kind == SH_CONSTANT_NUMBER &&
       sh_type_has_number (type, value->number)) ||
      (value->kind == SH_CONSTANT_TEXT && sh_type_has_text (type, value->text)))
    return TRUE;
  refuse_value (scope, type, value);
  return FALSE;
}

/* Structs and arrays ------------------------------------------------------ */

static gboolean
check_limits (ShScope *scope,
              guint depth,
              guint64 n_fields,
              guint64 size,
              ShSpan span)
{
  if (depth > SH_TYPE_MAX_DEPTH)
    sh_diagnostics_error (scope->diagnostics, span,
                          "structs and arrays are more than %u deep in one "
                          "another",
                          SH_TYPE_MAX_DEPTH);
  else if (n_fields > SH_TYPE_MAX_FIELDS)
    sh_diagnostics_error (scope->diagnostics, span,
                          "the type has more than %u fields",
                          SH_TYPE_MAX_FIELDS);
  else if (size > SH_TYPE_MAX_SIZE)
    sh_diagnostics_error (scope->diagnostics, span,
                          "a value of the type would be more than %u numbers",
                          SH_TYPE_MAX_SIZE);
  else
    return TRUE;
  return FALSE;
}

/* Takes the element. */
ShType *
sh_resolve_make_array (ShScope *scope,
                       ShType *element,
                       guint length,
                       ShSpan span)
{
  ShType *array = sh_type_new (SH_TYPE_ARRAY);

  array->element = element;
  array->length = length;
  array->depth = element->depth + 1;
  array->n_all_fields = element->n_all_fields;
  if (!check_limits (scope, array->depth, array->n_all_fields,
                     (guint64) element->size * length, span))
    {
      sh_type_unref (array);
      return NULL;
    }
  array->size = element->size * length;
  return array;
}

static void
clear_field (gpointer data)
{
  ShTypeField *field = data;

  g_free (field->name);
  g_clear_pointer (&field->type, sh_type_unref);
}

/* Fields in the making: ShTypeField, freed unless a struct takes them. */
GArray *
sh_resolve_new_fields (void)
{
  GArray *fields = g_array_new (FALSE, FALSE, sizeof (ShTypeField));

  g_array_set_clear_func (fields, clear_field);
  return fields;
}

/* Takes the type. */
void
sh_resolve_add_field (GArray *fields, const char *name, ShType *type)
{
  ShTypeField field = { .name = g_strdup (name), .type = type };

  g_array_append_val (fields, field);
}

/* Empties `fields`. */
ShType *
sh_resolve_make_struct (ShScope *scope, GArray *fields, ShSpan span)
{
  ShType *type = sh_type_new (SH_TYPE_STRUCT);
  guint64 size = 0, n_fields = fields->len;
  guint depth = 0;

  for (guint i = 0; i < fields->len; i++)
    {
      const ShType *field = g_array_index (fields, ShTypeField, i).type;

      size += field->size;
      n_fields += field->n_all_fields;
      depth = MAX (depth, field->depth);
    }
  type->n_fields = fields->len;
  type->fields = g_array_steal (fields, NULL);
  type->depth = depth + 1;
  if (!check_limits (scope, type->depth, n_fields, size, span))
    {
      sh_type_unref (type);
      return NULL;
    }
  type->n_all_fields = n_fields;
  type->size = size;
  return type;
}

/* The fields that are written down, behind those that are there. */
static gboolean
add_fields (ShScope *scope, GArray *fields, const ShFieldNode *nodes)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean is_whole = TRUE;

  for (guint i = 0; i < fields->len; i++)
    g_hash_table_add (seen, g_array_index (fields, ShTypeField, i).name);
  for (const ShFieldNode *node = nodes; node != NULL; node = node->next)
    {
      ShType *type;

      if (!sh_scope_count (scope, 1, node->name.span))
        return FALSE;
      if (!g_hash_table_add (seen, (gpointer) node->name.text))
        {
          sh_diagnostics_error (scope->diagnostics, node->name.span,
                                "there are two fields '%s'", node->name.text);
          is_whole = FALSE;
          continue;
        }
      type = sh_resolve_type (scope, node->type);
      if (type != NULL)
        sh_resolve_add_field (fields, node->name.text, type);
      else
        is_whole = FALSE;
    }
  return is_whole;
}

static ShType *
resolve_struct (ShScope *scope, const ShTypeNode *node)
{
  g_autoptr (GArray) fields = sh_resolve_new_fields ();

  if (!add_fields (scope, fields, node->fields))
    return NULL;
  return sh_resolve_make_struct (scope, fields, node->span);
}

/* type NAME extends BASE { fields } */
static ShType *
resolve_extension (ShScope *scope, const ShItemNode *item)
{
  g_autoptr (ShType) base = sh_resolve_type (scope, item->base);
  g_autoptr (GArray) fields = sh_resolve_new_fields ();

  if (base == NULL)
    return NULL;
  if (base->kind != SH_TYPE_STRUCT || item->type->kind != SH_TYPE_NODE_STRUCT ||
      item->type->suffixes != NULL)
    {
      sh_diagnostics_error (scope->diagnostics,
                            base->kind != SH_TYPE_STRUCT ? item->base->span
                                                         : item->type->span,
                            "only a struct extends a struct");
      sh_diagnostics_hint (scope->diagnostics,
                           "narrow other types with a constraint, as in "
                           "type Small Big<0 .. 1>");
      return NULL;
    }
  if (!sh_scope_count (scope, base->n_fields, item->base->span))
    return NULL;
  for (guint i = 0; i < base->n_fields; i++)
    sh_resolve_add_field (fields, base->fields[i].name,
                          sh_type_ref (base->fields[i].type));
  if (!add_fields (scope, fields, item->type->fields))
    return NULL;
  return sh_resolve_make_struct (scope, fields, item->type->span);
}

/* Types of one value ------------------------------------------------------ */

static gboolean
values_equal (ShScope *scope, const ShConstant *a, const ShConstant *b)
{
  if (a->kind != b->kind || a->n_items != b->n_items ||
      !sh_scope_count (scope, 1, b->span))
    return FALSE;
  if (a->kind == SH_CONSTANT_NUMBER)
    return a->number == b->number;
  if (a->kind == SH_CONSTANT_TEXT)
    return strcmp (a->text, b->text) == 0;
  if (a->items == b->items)
    return TRUE;
  for (guint i = 0; i < a->n_items; i++)
    if (!values_equal (scope, a->items[i], b->items[i]) ||
        (a->kind == SH_CONSTANT_STRUCT &&
         strcmp (a->names[i].text, b->names[i].text) != 0))
      return FALSE;
  return TRUE;
}

static ShType *
resolve_array_value (ShScope *scope, const ShConstant *value)
{
  ShType *element;

  for (guint i = 1; i < value->n_items; i++)
    if (!values_equal (scope, value->items[0], value->items[i]))
      {
        sh_diagnostics_error (scope->diagnostics, value->items[i]->span,
                              "an array of different values cannot be a type");
        sh_diagnostics_hint (scope->diagnostics,
                             "give each element a field of its own");
        return NULL;
      }
  element = sh_resolve_value (scope, value->items[0]);
  if (element == NULL)
    return NULL;
  return sh_resolve_make_array (scope, element, value->n_items, value->span);
}

static ShType *
resolve_struct_value (ShScope *scope, const ShConstant *value)
{
  g_autoptr (GArray) fields = sh_resolve_new_fields ();

  if (!sh_scope_count (scope, value->n_items, value->span))
    return NULL;
  for (guint i = 0; i < value->n_items; i++)
    {
      ShType *type = sh_resolve_value (scope, value->items[i]);

      if (type == NULL)
        return NULL;
      sh_resolve_add_field (fields, value->names[i].text, type);
    }
  return sh_resolve_make_struct (scope, fields, value->span);
}

ShType *
sh_resolve_value (ShScope *scope, const ShConstant *value)
{
  ShEnumValue only = { .value = value->number, .text = (char *) value->text };
  ShType *type;

  if (value->kind == SH_CONSTANT_ARRAY)
    return resolve_array_value (scope, value);
  if (value->kind == SH_CONSTANT_STRUCT)
    return resolve_struct_value (scope, value);

  type = value->kind == SH_CONSTANT_NUMBER
             ? sh_type_new_number (SH_NUMBER_FLOAT64)
             : sh_type_new (SH_TYPE_STRING);
  type->constraint = SH_CONSTRAINT_ORDINAL;
  type->min = type->max = value->number;
  sh_type_set_values (type, 1, &only);
  return type;
}

/* Types as written -------------------------------------------------------- */

ShType *
sh_resolve_number_kind (ShNumberKind kind)
{
  return sh_type_new_number (kind);
}

/* Which measure a part of Image.Gray<...> gives; 2: none. */
static guint
find_measure (const ShEnumNode *part, guint place)
{
  if (part->name.text == NULL)
    return MIN (place, 2);
  if (strcmp (part->name.text, "Width") == 0)
    return 0;
  return strcmp (part->name.text, "Height") == 0 ? 1 : 2;
}

static ShType *
resolve_image (ShScope *scope, const ShTypeNode *node)
{
  static const char *const names[] = { "the image's width",
                                       "the image's height" };
  double size[2] = { 0, 0 };
  guint place = 0;
  ShType *type;

  for (const ShEnumNode *part = node->image; part != NULL; part = part->next)
    {
      guint i = find_measure (part, place++);

      if (i < 2 && size[i] == 0)
        {
          if (!sh_constant_integer (scope, part->value, names[i], 1, 65536,
                                    &size[i]))
            return NULL;
        }
      else
        place = 3;
    }
  if (place != 2)
    {
      sh_diagnostics_error (scope->diagnostics, node->span,
                            "an image has one width and one height");
      sh_diagnostics_hint (scope->diagnostics,
                           "write Image.Gray<84, 84> or "
                           "Image.Gray<Width=84, Height=84>");
      return NULL;
    }
  type = sh_type_new (SH_TYPE_IMAGE);
  type->width = (guint) size[0];
  type->height = (guint) size[1];
  if (!check_limits (scope, 0, 0, (guint64) (size[0] * size[1]), node->span))
    {
      sh_type_unref (type);
      return NULL;
    }
  type->size = type->width * type->height;
  return type;
}

static ShType *
resolve_named (ShScope *scope, const ShTypeNode *node)
{
  ShSymbol *symbol = sh_scope_find (scope, node->name.text);
  ShType *type;

  if (symbol != NULL && symbol->item->kind == SH_ITEM_CONST)
    {
      const ShConstant *value = sh_constant_resolve (scope, symbol, node->span);

      return value != NULL ? sh_resolve_value (scope, value) : NULL;
    }
  if (symbol == NULL || symbol->item->kind != SH_ITEM_TYPE)
    {
      sh_scope_refuse (scope, &node->name, SH_ITEM_TYPE);
      return NULL;
    }
  type = sh_resolve_symbol (scope, symbol, node->span);
  return type != NULL ? sh_type_ref (type) : NULL;
}

static ShType *
resolve_base (ShScope *scope, const ShTypeNode *node)
{
  const ShConstant *value;

  switch (node->kind)
    {
    case SH_TYPE_NODE_NUMBER:
      return sh_type_new_number (node->number);
    case SH_TYPE_NODE_STRING:
      return sh_type_new (SH_TYPE_STRING);
    case SH_TYPE_NODE_IMAGE:
      return resolve_image (scope, node);
    case SH_TYPE_NODE_NAMED:
      return resolve_named (scope, node);
    case SH_TYPE_NODE_STRUCT:
      return resolve_struct (scope, node);
    case SH_TYPE_NODE_VALUE:
    default:
      value = sh_constant_evaluate (scope, node->value);
      return value != NULL ? sh_resolve_value (scope, value) : NULL;
    }
}

/* T[2][3] is an array of two arrays of three: the last size is the innermost.
 * Takes `type`. */
static ShType *
resolve_arrays (ShScope *scope, ShType *type, const ShSuffixNode *suffix)
{
  double length;

  if (type == NULL || suffix == NULL)
    return type;
  if (suffix->kind != SH_SUFFIX_ARRAY)
    {
      sh_diagnostics_error (scope->diagnostics, suffix->span,
                            "a constraint comes before the size, as in "
                            "number<0 .. 1>[3]");
      sh_type_unref (type);
      return NULL;
    }
  if (!sh_constant_integer (scope, suffix->size, "the size of an array", 1,
                            SH_TYPE_MAX_SIZE, &length))
    {
      sh_type_unref (type);
      return NULL;
    }
  if (!sh_scope_enter (scope, suffix->span))
    {
      sh_type_unref (type);
      return NULL;
    }
  type = resolve_arrays (scope, type, suffix->next);
  sh_scope_leave (scope);
  return type != NULL
             ? sh_resolve_make_array (scope, type, length, suffix->span)
             : NULL;
}

static ShType *
resolve (ShScope *scope, const ShTypeNode *node)
{
  ShType *type = resolve_base (scope, node);
  const ShSuffixNode *suffix = node->suffixes;

  for (; type != NULL && suffix != NULL && suffix->kind != SH_SUFFIX_ARRAY;
       suffix = suffix->next)
    {
      ShType *narrow = sh_constraint_apply (scope, type, suffix);

      sh_type_unref (type);
      type = narrow;
    }
  return resolve_arrays (scope, type, suffix);
}

ShType *
sh_resolve_type (ShScope *scope, const ShTypeNode *node)
{
  ShType *type;

  if (!sh_scope_enter (scope, node->span))
    return NULL;
  type = resolve (scope, node);
  sh_scope_leave (scope);
  return type;
}

ShType *
sh_resolve_symbol (ShScope *scope, ShSymbol *symbol, ShSpan span)
{
  const ShItemNode *item = symbol->item;

  g_assert (item->kind == SH_ITEM_TYPE);

  if (symbol->state == SH_SYMBOL_DONE)
    return symbol->type;
  if (!sh_scope_begin (scope, symbol, span))
    return NULL;
  symbol->type = item->base != NULL ? resolve_extension (scope, item)
                                    : sh_resolve_type (scope, item->type);
  /* Another name for a type that has one leaves it its first. */
  if (symbol->type != NULL && symbol->type->name == NULL)
    symbol->type->name = g_strdup (item->name.text);
  sh_scope_end (scope, symbol);
  return symbol->type;
}
