/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * When what changed is shown. Each thing is shown at most four times a second,
 * all together at most SH_PACER_BUDGET times: with many that change all the
 * time each has its turn less often. What is urgent goes before what is not.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Microseconds between two showings of one thing. */
#define SH_PACER_INTERVAL (G_USEC_PER_SEC / 4)
/* Showings a second, of all things. What it costs was measured: docs/results.md
 * has it. */
#define SH_PACER_BUDGET 100u

typedef struct ShPacer ShPacer;

typedef enum
{
  SH_PACER_NUMBERS, /* when there is time */
  SH_PACER_STATE, /* before those */
  SH_PACER_N_RANKS
} ShPacerRank;

/* One thing, inside the struct that it is for; zeroed at first. */
typedef struct
{
  GList link;
  gint64 shown; /* monotonic; 0: never */
  ShPacerRank rank;
  gboolean queued;
} ShPacerItem;

/* Shows the item; from the main loop. It may forget this item, no other. */
typedef void (*ShPacerShow) (ShPacerItem *item, gpointer data);

ShPacer *sh_pacer_new (ShPacerShow show, gpointer data);

/* It has changed, and will be shown. */
void sh_pacer_touch (ShPacer *pacer, ShPacerItem *item, ShPacerRank rank);

/* It is shown at once, and not again for as long as ever: somebody has asked for
 * what changed. */
void sh_pacer_show (ShPacer *pacer, ShPacerItem *item);

/* It goes away. */
void sh_pacer_forget (ShPacer *pacer, ShPacerItem *item);

/* All items are to be forgotten before. */
void sh_pacer_free (ShPacer *pacer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPacer, sh_pacer_free)

G_END_DECLS
