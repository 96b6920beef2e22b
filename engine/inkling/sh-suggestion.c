/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Edit distance: insertions, deletions, replacements and swaps of neighbours
 * (the "optimal string alignment" variant of Damerau and Levenshtein), in
 * bytes. A difference in case costs less than any other.
 */

#include "sh-suggestion.h"

#include <string.h>

/* Longer words, and more names than these, are not looked at. */
#define MAX_LENGTH 48
#define MAX_OFFERED 4096

/* Costs: of an edit, and of a letter in the other case. */
#define EDIT 4
#define OTHER_CASE 1

static guint
replacement_cost (char a, char b)
{
  if (a == b)
    return 0;
  return g_ascii_tolower (a) == g_ascii_tolower (b) ? OTHER_CASE : EDIT;
}

static guint
measure (const char *a, gsize a_length, const char *b, gsize b_length)
{
  guint rows[3][MAX_LENGTH + 1];
  guint *before = rows[0], *last = rows[1], *row = rows[2];

  for (gsize j = 0; j <= b_length; j++)
    last[j] = j * EDIT;
  for (gsize i = 1; i <= a_length; i++)
    {
      guint *spare = before;

      row[0] = i * EDIT;
      for (gsize j = 1; j <= b_length; j++)
        {
          guint cost = last[j - 1] + replacement_cost (a[i - 1], b[j - 1]);

          cost = MIN (cost, last[j] + EDIT);
          cost = MIN (cost, row[j - 1] + EDIT);
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            cost = MIN (cost, before[j - 2] + EDIT);
          row[j] = cost;
        }
      before = last;
      last = row;
      row = spare;
    }
  return last[b_length];
}

void
sh_suggestion_init (ShSuggestion *self, const char *word)
{
  g_return_if_fail (self != NULL && word != NULL);

  /* One edit for every three letters, at least one, is still "the same word". */
  *self = (ShSuggestion){ .word = word };
  self->distance = MAX (strlen (word) / 3, 1) * EDIT + 2 * OTHER_CASE + 1;
}

void
sh_suggestion_offer (ShSuggestion *self, const char *name)
{
  gsize word_length = strlen (self->word), length = strlen (name);
  guint distance;

  if (self->n_offered++ >= MAX_OFFERED || word_length > MAX_LENGTH ||
      length > MAX_LENGTH)
    return;
  distance = measure (self->word, word_length, name, length);
  /* A word of which nothing is left is another word. */
  if (distance < self->distance && distance < EDIT * MIN (word_length, length))
    {
      self->distance = distance;
      self->best = name;
    }
}
