/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-report.h"

#include <math.h>
#include <string.h>

#include "sh-text.h"

#define N_TROUBLE_WORDS (SH_REPORT_MAX_TROUBLE / sizeof (guint64))

typedef union
{
  double number;
  guint64 bits;
} Bits;

/* ---- writing ---- */

static void
put (_Atomic guint64 *place, guint64 value)
{
  atomic_store_explicit (place, value, memory_order_relaxed);
}

static void
put_short (_Atomic guint32 *place, guint32 value)
{
  atomic_store_explicit (place, value, memory_order_relaxed);
}

static guint64
get (const _Atomic guint64 *place)
{
  return atomic_load_explicit (place, memory_order_relaxed);
}

static guint32
get_short (const _Atomic guint32 *place)
{
  return atomic_load_explicit (place, memory_order_relaxed);
}

void
sh_report_add_episode (ShReport *report, const ShReportEpisode *episode)
{
  const Bits bits = { .number = episode->episode_return };
  ShReportCell *cell;
  guint64 n;

  if (report == NULL)
    return;
  n = get (&report->n_episodes);
  /* Who sees something of this one sees that the last one is complete. */
  atomic_thread_fence (memory_order_release);
  cell = &report->episodes[n % SH_REPORT_MAX_EPISODES];
  put (&cell->number, episode->number);
  put (&cell->return_bits, bits.bits);
  put_short (&cell->instance, episode->instance);
  put_short (&cell->length, episode->length);
  put_short (&cell->end, (guint32) episode->end);
  atomic_store_explicit (&report->n_episodes, n + 1, memory_order_release);
}

void
sh_report_set_trouble (ShReport *report, const char *text)
{
  guint64 words[N_TROUBLE_WORDS] = { 0 };
  guint64 n;

  if (report == NULL)
    return;
  /* The last byte stays 0. */
  memcpy (words, text, strnlen (text, sizeof words - 1));
  n = get (&report->n_troubles) & ~G_GUINT64_CONSTANT (1);
  put (&report->n_troubles, n + 1);
  atomic_thread_fence (memory_order_release);
  for (guint i = 0; i < N_TROUBLE_WORDS; i++)
    put (&report->trouble[i], words[i]);
  atomic_store_explicit (&report->n_troubles, n + 2, memory_order_release);
}

/* ---- reading ---- */

void
sh_report_clear (ShReport *report)
{
  put (&report->n_episodes, 0);
  put (&report->n_troubles, 0);
}

/* FALSE: it is nonsense. */
static gboolean
read_cell (const ShReportCell *cell, ShReportEpisode *episode)
{
  const Bits bits = { .bits = get (&cell->return_bits) };
  guint32 end = get_short (&cell->end);

  *episode = (ShReportEpisode){
    .number = get (&cell->number),
    .instance = get_short (&cell->instance),
    .length = get_short (&cell->length),
    .episode_return = bits.number,
    .end = (ShReportEnd) end,
  };
  return end < SH_REPORT_N_ENDS && isfinite (bits.number);
}

/* How many of the cells from `first` up to `end` may have been written over
 * while they were read: that of number i is, once i + MAX have been written. */
static guint
count_overwritten (const ShReport *report, guint64 first, guint64 end)
{
  guint64 now;

  atomic_thread_fence (memory_order_acquire);
  now = get (&report->n_episodes);
  if (now < first || now - first < SH_REPORT_MAX_EPISODES)
    return 0;
  return (guint) MIN (now - first - SH_REPORT_MAX_EPISODES + 1, end - first);
}

void
sh_report_read_episodes (const ShReport *report,
                         ShReportPosition *position,
                         GArray *episodes,
                         guint64 *left_out)
{
  guint64 end =
      atomic_load_explicit (&report->n_episodes, memory_order_acquire);
  guint64 first = position->n_episodes;
  guint n_good = 0, n_overwritten;
  ShReportEpisode read[SH_REPORT_MAX_EPISODES];

  position->n_episodes = end;
  /* A count that goes back is no count. */
  if (end <= first)
    return;
  /* The oldest cell is the one that is written next. */
  if (end - first >= SH_REPORT_MAX_EPISODES)
    {
      *left_out += end - first - (SH_REPORT_MAX_EPISODES - 1);
      first = end - (SH_REPORT_MAX_EPISODES - 1);
    }
  for (guint64 i = first; i < end; i++)
    if (!read_cell (&report->episodes[i % SH_REPORT_MAX_EPISODES],
                    &read[i - first]))
      read[i - first].end = SH_REPORT_N_ENDS;
  n_overwritten = count_overwritten (report, first, end);
  for (guint64 i = first + n_overwritten; i < end; i++)
    if (read[i - first].end != SH_REPORT_N_ENDS)
      {
        g_array_append_val (episodes, read[i - first]);
        n_good++;
      }
  *left_out += end - first - n_good;
}

char *
sh_report_read_trouble (const ShReport *report, ShReportPosition *position)
{
  guint64 words[N_TROUBLE_WORDS];
  guint64 n = atomic_load_explicit (&report->n_troubles, memory_order_acquire);

  /* While it is being written, the next look finds it. */
  if (n == position->n_troubles || (n & 1) != 0)
    return NULL;
  for (guint i = 0; i < N_TROUBLE_WORDS; i++)
    words[i] = get (&report->trouble[i]);
  atomic_thread_fence (memory_order_acquire);
  if (get (&report->n_troubles) != n)
    return NULL;
  position->n_troubles = n;
  return sh_text_to_line (
      (const char *) words,
      (gssize) strnlen ((const char *) words, sizeof words));
}
