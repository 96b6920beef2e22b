/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Of many names the one that a mistyped word probably means. A caller offers
 * the names one by one and then asks for the best.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *word; /* borrowed */
  const char *best; /* of those offered; borrowed; NULL: none is near */
  guint distance;
  guint n_offered;
} ShSuggestion;

void sh_suggestion_init (ShSuggestion *self, const char *word);
void sh_suggestion_offer (ShSuggestion *self, const char *name);

G_END_DECLS
