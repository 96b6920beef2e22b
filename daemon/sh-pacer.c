/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-pacer.h"

/* Milliseconds between two looks at the queues, while there is something. */
#define TICK 50u
#define SHOWN_A_TICK (SH_PACER_BUDGET * TICK / 1000)

struct ShPacer
{
  ShPacerShow show;
  gpointer data;
  GQueue queues[SH_PACER_N_RANKS];
  guint timer;
};

ShPacer *
sh_pacer_new (ShPacerShow show, gpointer data)
{
  ShPacer *pacer = g_new0 (ShPacer, 1);

  pacer->show = show;
  pacer->data = data;
  return pacer;
}

static void
unqueue (ShPacer *pacer, ShPacerItem *item)
{
  g_queue_unlink (&pacer->queues[item->rank], &item->link);
  item->queued = FALSE;
}

static void
queue (ShPacer *pacer, ShPacerItem *item, ShPacerRank rank)
{
  item->link.data = item;
  item->rank = rank;
  item->queued = TRUE;
  g_queue_push_tail_link (&pacer->queues[rank], &item->link);
}

/* Shows those of one queue whose time has come, in their order; returns how
 * many more may be shown. */
static guint
show_some (ShPacer *pacer, ShPacerRank rank, gint64 now, guint left)
{
  GQueue *items = &pacer->queues[rank];

  for (guint n = items->length; n > 0 && left > 0; n--)
    {
      ShPacerItem *item = items->head->data;

      unqueue (pacer, item);
      if (item->shown != 0 && now - item->shown < SH_PACER_INTERVAL)
        {
          queue (pacer, item, rank);
          continue;
        }
      item->shown = now;
      pacer->show (item, pacer->data);
      left--;
    }
  return left;
}

static gboolean
on_tick (gpointer data)
{
  ShPacer *pacer = data;
  gint64 now = g_get_monotonic_time ();
  guint left = SHOWN_A_TICK;

  left = show_some (pacer, SH_PACER_STATE, now, left);
  show_some (pacer, SH_PACER_NUMBERS, now, left);
  for (guint rank = 0; rank < SH_PACER_N_RANKS; rank++)
    if (pacer->queues[rank].length > 0)
      return G_SOURCE_CONTINUE;
  pacer->timer = 0;
  return G_SOURCE_REMOVE;
}

void
sh_pacer_touch (ShPacer *pacer, ShPacerItem *item, ShPacerRank rank)
{
  g_return_if_fail (pacer != NULL && item != NULL);

  if (item->queued && item->rank >= rank)
    return;
  if (item->queued)
    unqueue (pacer, item);
  queue (pacer, item, rank);
  if (pacer->timer == 0)
    pacer->timer = g_timeout_add (TICK, on_tick, pacer);
}

void
sh_pacer_show (ShPacer *pacer, ShPacerItem *item)
{
  g_return_if_fail (pacer != NULL && item != NULL);

  if (item->queued)
    unqueue (pacer, item);
  item->shown = g_get_monotonic_time ();
  pacer->show (item, pacer->data);
}

void
sh_pacer_forget (ShPacer *pacer, ShPacerItem *item)
{
  g_return_if_fail (pacer != NULL && item != NULL);

  if (item->queued)
    unqueue (pacer, item);
}

void
sh_pacer_free (ShPacer *pacer)
{
  if (pacer == NULL)
    return;
  g_clear_handle_id (&pacer->timer, g_source_remove);
  g_free (pacer);
}
