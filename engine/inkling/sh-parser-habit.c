/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Habits: what people write who come from other languages, or from another part
 * of this one, and what to write instead.
 */

#include "sh-parser-private.h"

#include <string.h>

#define ANY_NAME "a name"

/* What was expected, or a part of its description; the token before, if it
 * matters; the one that was found, or ANY_NAME. The first that fits is taken. */
static const struct
{
  const char *expected, *before, *found, *hint;
} habits[] = {
  { "a declaration", NULL, "let", "write 'const'" },
  { "a declaration", NULL, "var", "write 'const'" },
  { "a declaration", NULL, "def", "write 'function'" },
  { "a declaration", NULL, "func", "write 'function'" },
  { "a declaration", NULL, "import", "write 'using', as in using Math" },
  { "a declaration", NULL, "include", "write 'using', as in using Math" },
  { "a declaration", NULL, "struct", "write 'type'" },
  { "a declaration", NULL, "schema", "write 'type'" },
  { "a declaration", NULL, "class", "write 'type'" },
  { "a declaration", NULL, "enum",
    "write it as in type Light number<Red = 0, Green = 1>" },
  { "a declaration", NULL, "concept", "it belongs in the graph" },
  { "a declaration", NULL, "curriculum", "it belongs in a concept" },
  { "a declaration", NULL, "lesson", "it belongs in a curriculum" },
  { "a declaration", NULL, "goal", "it belongs in a curriculum" },
  { "a declaration", NULL, "training", "it belongs in a curriculum" },
  { "a declaration", NULL, "}", "there is one '}' too many" },
  { "a declaration", NULL, ",", "write no comma between declarations" },

  { "'=' after what is assigned", "elif", ANY_NAME, "write 'else if'" },
  { "'=' after what is assigned", "elif", "(", "write 'else if'" },
  { "'=' after what is assigned", "elseif", ANY_NAME, "write 'else if'" },
  { "'=' after what is assigned", NULL, ANY_NAME,
    "declare a variable as in var x = 0" },
  { "'=' after what is assigned", NULL, ":",
    "declare a variable as in var x: number = 0" },
  { "a value", "+", "=", "write it out, as in x = x + 1" },
  { "a value", "-", "=", "write it out, as in x = x - 1" },
  { "a value", "*", "=", "write it out, as in x = x * 2" },
  { "a value", "/", "=", "write it out, as in x = x / 2" },
  { "a value", "return", NULL,
    "write what the function gives, as in return 0" },
  { "a value", "weight", ":", "write it as in drive Middle weight 2: ..." },
  { "')'", NULL, "=", "compare with '=='" },
  { "'{'", NULL, "=", "compare with '=='" },
  { "'{'", NULL, ":", "a block stands between { and }" },
  { "':' after", NULL, "=", "write ':'" },

  { "',' or '>'", NULL, "to", "write a range as in number<0 .. 10>" },
  { "',' or '>'", NULL, ":",
    "write a range as in number<0 .. 10>, a name as in number<Low = 0>" },
  { "']'", NULL, "..", "write a range as in number<0 .. 10>" },

  { "'('", "graph", NULL, "write it as in graph (input: State): Action" },
  { "'('", "goal", NULL, "write it as in goal (state: State) { ... }" },
  { "'(' after the concept", NULL, NULL,
    "say what it sees, as in concept Drive(input): Action" },
  { "',' or ')'", "input", ":",
    "only the graph says what type its input is, as in graph (input: State)" },
  { "':' after the simulator", NULL, NULL,
    "say what its state is, as in simulator Name(action: Action): State" },
  { "the lesson's name", NULL, "{", "name it, as in lesson Easy { ... }" },
  { "'{'", "curriculum", NULL, "a curriculum has no name" },
  { "'source'", NULL, "simulator", "write 'source'" },
  { "'scenario'", NULL, "configure", "write 'scenario'" },
  { "'scenario'", NULL, "config", "write 'scenario'" },
  { "a function or the name", NULL, "(", "write 'function' before it" },
  { "'avoid', 'reach'", NULL, "do",
    "what ends an episode is an objective, as in reach End: state.time in "
    "Goal.RangeAbove(100)" },
  { "'in' and a region", NULL, NULL,
    "write it as in drive Middle: state.x in Goal.Range(-1, 1)" },
};

static gboolean
is_token (const ShParser *self, guint at, const char *text)
{
  const ShToken *token = &self->tokens[at];
  const gsize length = strlen (text);

  if (strcmp (text, ANY_NAME) == 0)
    return token->kind == SH_TOKEN_NAME;
  return token->kind != SH_TOKEN_STRING && token->span.length == length &&
         memcmp (self->diagnostics->text + token->span.offset, text, length) ==
             0;
}

void
sh_parser_hint_habit (ShParser *self, const char *expected)
{
  for (guint i = 0; i < G_N_ELEMENTS (habits); i++)
    if (strstr (expected, habits[i].expected) != NULL &&
        (habits[i].before == NULL ||
         (self->at > 0 && is_token (self, self->at - 1, habits[i].before))) &&
        (habits[i].found == NULL || is_token (self, self->at, habits[i].found)))
      {
        sh_diagnostics_hint (self->diagnostics, "%s", habits[i].hint);
        return;
      }
}
