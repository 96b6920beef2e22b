/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is shown of an item: for each kind a table of properties, in the order in
 * which they stand on its page, with the words for them; and what can be done
 * with it in which state.
 */

#pragma once

#include "sh-item.h"

G_BEGIN_DECLS

typedef enum
{
  SH_FORMAT_TEXT, /* "" is not shown */
  SH_FORMAT_PATH, /* of a file */
  SH_FORMAT_STATE, /* its first letter large */
  SH_FORMAT_LIST,
  SH_FORMAT_COUNT,
  SH_FORMAT_SOME, /* a count; 0 is not shown */
  SH_FORMAT_NUMBER,
  SH_FORMAT_RATE, /* a second */
  SH_FORMAT_SHARE, /* 0 to 1, as percent */
  SH_FORMAT_BYTES,
  SH_FORMAT_TIME,
  SH_FORMAT_YES, /* shown if true */
} ShFormat;

typedef struct
{
  const char *property;
  const char *label;
  ShFormat format;
} ShFact;

/* Static. */
const ShFact *sh_facts_get (ShItemKind kind, guint *n_facts);

/* NULL if there is nothing to show now. */
char *sh_fact_dup_text (const ShFact *fact, ShItem *item);

/* One line for a list: state, and what matters most. */
char *sh_item_dup_summary (ShItem *item);
/* Whether its name or summary holds `text`, in large or small letters. */
gboolean sh_item_matches (ShItem *item, const char *text);
/* What went wrong, or "": the failure of a plugin, without its file's path, the last
 * error of a session… */
const char *sh_item_get_problem (ShItem *item);

typedef enum
{
  SH_VERB_TRAIN, /* a brain on this simulator, or this brain further */
  SH_VERB_START_SESSION, /* a new one of this simulator */
  SH_VERB_START,
  SH_VERB_STOP,
  SH_VERB_RESTART,
  SH_VERB_RESCAN,
  SH_VERB_DELETE,
  SH_N_VERBS,
} ShVerb;

/* What it is called for this item; NULL if items of its kind have no such verb. */
const char *sh_verb_get_label (ShVerb verb, ShItem *item);
/* Whether the daemon would do it in the item's state. */
gboolean sh_verb_is_allowed (ShVerb verb, ShItem *item);

G_END_DECLS
