/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The table of declared names.
 */

#include "sh-scope.h"

#include "sh-math.h"
#include "sh-suggestion.h"

#include <string.h>

static const char *const namespaces[] = { "Math", "Number", "Goal", "Image" };

static const char *const kind_names[] = {
  [SH_ITEM_USING] = "a library",
  [SH_ITEM_CONST] = "a constant",
  [SH_ITEM_TYPE] = "a type",
  [SH_ITEM_FUNCTION] = "a function",
  [SH_ITEM_SIMULATOR] = "a simulator",
  [SH_ITEM_GRAPH] = "a graph",
  [SH_ITEM_EXPERIMENT] = "an experiment",
  [SH_ITEM_ALGORITHM] = "an algorithm",
  [SH_ITEM_BROKEN] = "something",
};

static gboolean
is_namespace (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (namespaces); i++)
    if (strcmp (namespaces[i], name) == 0)
      return TRUE;
  return FALSE;
}

static void
check_using (ShScope *self, const ShName *name)
{
  ShSuggestion suggestion;

  /* That of Type.DynamicType, which a type of the program's may be named as
   * well. */
  if (is_namespace (name->text) || strcmp (name->text, "Type") == 0)
    return;
  sh_diagnostics_error (self->diagnostics, name->span,
                        "there is no library '%s'", name->text);
  sh_suggestion_init (&suggestion, name->text);
  for (guint i = 0; i < G_N_ELEMENTS (namespaces); i++)
    sh_suggestion_offer (&suggestion, namespaces[i]);
  if (suggestion.best != NULL)
    sh_diagnostics_hint (self->diagnostics, "did you mean '%s'?",
                         suggestion.best);
  else
    sh_diagnostics_hint (self->diagnostics,
                         "there are Math, Number, Goal and Image");
}

static void
free_symbol (gpointer data)
{
  ShSymbol *symbol = data;

  g_clear_pointer (&symbol->type, sh_type_unref);
}

static void
add_symbol (ShScope *self, const ShItemNode *item)
{
  ShSymbol *symbol = sh_pool_new_item (self->pool, ShSymbol);

  symbol->item = item;
  g_hash_table_insert (self->symbols, (gpointer) item->name.text, symbol);
}

static void
declare (ShScope *self, const ShItemNode *item)
{
  const ShName *name = &item->name;
  const ShSymbol *symbol = sh_scope_find (self, name->text);

  if (is_namespace (name->text))
    {
      sh_diagnostics_error (self->diagnostics, name->span,
                            "'%s' is a library of the language", name->text);
      sh_diagnostics_hint (self->diagnostics, "choose another name");
    }
  else if (symbol != NULL)
    sh_diagnostics_error (
        self->diagnostics, name->span,
        "'%s' is declared already, as %s in line %u", name->text,
        kind_names[symbol->item->kind],
        sh_diagnostics_get_line (self->diagnostics,
                                 symbol->item->name.span.offset));
  else
    add_symbol (self, item);
}

void
sh_scope_init (ShScope *self,
               const ShProgramNode *program,
               ShDiagnostics *diagnostics,
               ShPool *pool)
{
  const ShItemNode *items;

  g_return_if_fail (self != NULL && program != NULL);
  g_return_if_fail (diagnostics != NULL && pool != NULL);

  items = program->items;
  *self = (ShScope){ .items = items,
                     .lacks_names = program->lacks_names,
                     .lacks_parts = program->lacks_parts,
                     .diagnostics = diagnostics,
                     .pool = pool };
  self->symbols =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_symbol);
  for (const ShItemNode *item = items;
       item != NULL && !sh_diagnostics_is_full (diagnostics); item = item->next)
    {
      if (item->kind == SH_ITEM_USING)
        check_using (self, &item->name);
      else if (item->kind != SH_ITEM_BROKEN && item->name.text != NULL)
        declare (self, item);
    }
  /* Whatever stands elsewhere under such a name comes first. */
  for (const ShItemNode *item = items; item != NULL; item = item->next)
    if (item->kind == SH_ITEM_BROKEN && item->name.text != NULL &&
        sh_scope_find (self, item->name.text) == NULL)
      add_symbol (self, item);
}

void
sh_scope_clear (ShScope *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->symbols, g_hash_table_unref);
}

ShSymbol *
sh_scope_find (const ShScope *self, const char *name)
{
  return g_hash_table_lookup (self->symbols, name);
}

const char *
sh_scope_find_near (ShScope *self, const char *word, ShItemKind kind)
{
  ShSuggestion suggestion;

  sh_suggestion_init (&suggestion, word);
  if (kind == SH_ITEM_TYPE)
    {
      sh_suggestion_offer (&suggestion, "number");
      sh_suggestion_offer (&suggestion, "string");
    }
  for (const ShItemNode *item = self->items; item != NULL; item = item->next)
    if (item->kind == kind)
      sh_suggestion_offer (&suggestion, item->name.text);
  return suggestion.best;
}

gboolean
sh_scope_misses (const ShScope *self, const char *name)
{
  return !self->lacks_names && sh_scope_find (self, name) == NULL;
}

/* A function of the library without 'Math.'. */
static void
hint_math (ShScope *self, const char *word)
{
  ShSuggestion suggestion;
  const char *known;

  sh_suggestion_init (&suggestion, word);
  for (guint i = 0; (known = sh_math_get_name (i)) != NULL; i++)
    sh_suggestion_offer (&suggestion, known);
  if (suggestion.best != NULL)
    sh_diagnostics_hint (self->diagnostics, "did you mean 'Math.%s'?",
                         suggestion.best);
}

/* What other languages, or other places, have under this name. */
static void
hint_habit (ShScope *self, const char *word, ShItemKind kind)
{
  static const struct
  {
    const char *word;
    ShItemKind kind;
    const char *hint;
  } habits[] = {
    { "number", SH_ITEM_FUNCTION, "write a range as in number<0 .. 10>" },
    { "number", SH_ITEM_CONST, "write a kind of number as in Number.Int8" },
    { "True", SH_ITEM_CONST, "write 'true'" },
    { "True", SH_ITEM_TYPE, "write 'true'" },
    { "False", SH_ITEM_CONST, "write 'false'" },
    { "False", SH_ITEM_TYPE, "write 'false'" },
    { "bool", SH_ITEM_TYPE, "write 'Number.Bool'" },
    { "Bool", SH_ITEM_TYPE, "write 'Number.Bool'" },
    { "float", SH_ITEM_TYPE, "write 'number', or 'Number.Float32'" },
    { "int", SH_ITEM_TYPE, "write 'Number.Int32'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (habits); i++)
    if (habits[i].kind == kind && strcmp (habits[i].word, word) == 0)
      sh_diagnostics_hint (self->diagnostics, "%s", habits[i].hint);
}

void
sh_scope_refuse (ShScope *self, const ShName *name, ShItemKind kind)
{
  const ShSymbol *symbol = sh_scope_find (self, name->text);
  const char *near;

  if (symbol != NULL)
    {
      if (symbol->item->kind != SH_ITEM_BROKEN)
        sh_diagnostics_error (self->diagnostics, name->span,
                              "'%s' is %s, not %s", name->text,
                              kind_names[symbol->item->kind], kind_names[kind]);
      return;
    }
  if (!sh_scope_misses (self, name->text))
    return;
  sh_diagnostics_error (self->diagnostics, name->span, "there is no %s '%s'",
                        strchr (kind_names[kind], ' ') + 1, name->text);
  if (!sh_diagnostics_wants_hint (self->diagnostics))
    return;
  near = sh_scope_find_near (self, name->text, kind);
  if (near != NULL)
    sh_diagnostics_hint (self->diagnostics, "did you mean '%s'?", near);
  else if (kind == SH_ITEM_FUNCTION)
    hint_math (self, name->text);
  hint_habit (self, name->text, kind);
}

void
sh_scope_refuse_variable (ShScope *self, const ShName *name)
{
  const ShSymbol *symbol = sh_scope_find (self, name->text);

  g_return_if_fail (symbol != NULL);

  if (symbol->item->kind != SH_ITEM_BROKEN)
    sh_diagnostics_error (self->diagnostics, name->span,
                          "'%s' is %s, not a variable", name->text,
                          kind_names[symbol->item->kind]);
}

gboolean
sh_scope_begin (ShScope *self, ShSymbol *symbol, ShSpan span)
{
  g_return_val_if_fail (symbol->state != SH_SYMBOL_DONE, FALSE);

  if (symbol->state == SH_SYMBOL_BUSY)
    {
      sh_diagnostics_error (self->diagnostics, span,
                            symbol->item->kind == SH_ITEM_TYPE
                                ? "the type '%s' contains itself"
                                : "the constant '%s' depends on itself",
                            symbol->item->name.text);
      return FALSE;
    }
  if (!sh_scope_enter (self, span))
    return FALSE;
  symbol->state = SH_SYMBOL_BUSY;
  return TRUE;
}

void
sh_scope_end (ShScope *self, ShSymbol *symbol)
{
  symbol->state = SH_SYMBOL_DONE;
  sh_scope_leave (self);
}

gboolean
sh_scope_enter (ShScope *self, ShSpan span)
{
  if (self->depth >= SH_SCOPE_MAX_DEPTH)
    {
      sh_diagnostics_error (self->diagnostics, span,
                            "more than %u steps deep: too much rests on one "
                            "another here",
                            SH_SCOPE_MAX_DEPTH);
      return FALSE;
    }
  self->depth++;
  return TRUE;
}

void
sh_scope_leave (ShScope *self)
{
  g_assert (self->depth > 0);
  self->depth--;
}

gboolean
sh_scope_count (ShScope *self, guint n_elements, ShSpan span)
{
  if (n_elements > SH_SCOPE_MAX_ELEMENTS - self->n_elements)
    {
      sh_diagnostics_error (self->diagnostics, span,
                            "the program's types have more than %u fields and "
                            "values",
                            SH_SCOPE_MAX_ELEMENTS);
      return FALSE;
    }
  self->n_elements += n_elements;
  return TRUE;
}
