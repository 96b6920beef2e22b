/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShCrew: threads that share short work.
 *
 * NOTES. What there is to do is one word: the number of the call, how many
 * lanes it has and which is the next to be taken. A lane is taken by raising
 * the word by one, from the value that was read; so nobody can take a lane of a
 * call that is over, and `func` and `data`, written before the word, are those
 * of the call. The caller takes lanes too, and so never waits for a helper that
 * has not begun.
 */

#include "sh-crew.h"

#include <stdatomic.h>

#define LANE_BITS 8
#define LANE_MASK ((1u << LANE_BITS) - 1)
#define CALL_SHIFT (2 * LANE_BITS)

/* Looks for work before sleeping: 20 to 100 microseconds. */
#define N_LOOKS 2000
/* Looks before the processor is offered to others, when waiting for them. */
#define N_PATIENT_LOOKS 200

struct ShCrew
{
  _Atomic guint64 work; /* call | lanes | next lane */
  atomic_uint n_done;
  atomic_uint n_sleeping;
  atomic_bool over;
  ShCrewFunc func;
  gpointer data;

  guint n_helpers;
  GThread **helpers;
  GMutex mutex;
  GCond cond;
};

static inline void
pause_briefly (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static inline gboolean
has_lane (guint64 work)
{
  return (work & LANE_MASK) < ((work >> LANE_BITS) & LANE_MASK);
}

/* Takes and does one lane; FALSE when there is none. */
static gboolean
do_lane (ShCrew *crew)
{
  guint64 work = atomic_load_explicit (&crew->work, memory_order_acquire);

  while (has_lane (work))
    if (atomic_compare_exchange_weak_explicit (&crew->work, &work, work + 1,
                                               memory_order_acquire,
                                               memory_order_acquire))
      {
        crew->func (work & LANE_MASK, crew->data);
        atomic_fetch_add_explicit (&crew->n_done, 1, memory_order_release);
        return TRUE;
      }
  return FALSE;
}

static void
sleep_until_work (ShCrew *crew, guint64 seen)
{
  g_mutex_lock (&crew->mutex);
  atomic_fetch_add (&crew->n_sleeping, 1);
  while (atomic_load (&crew->work) >> CALL_SHIFT == seen >> CALL_SHIFT &&
         !atomic_load (&crew->over))
    g_cond_wait (&crew->cond, &crew->mutex);
  atomic_fetch_sub (&crew->n_sleeping, 1);
  g_mutex_unlock (&crew->mutex);
}

static gpointer
help (gpointer data)
{
  ShCrew *crew = data;
  guint n_looks = 0;

  while (!atomic_load_explicit (&crew->over, memory_order_relaxed))
    {
      guint64 seen = atomic_load (&crew->work);

      if (do_lane (crew))
        n_looks = 0;
      else if (++n_looks < N_LOOKS)
        pause_briefly ();
      else
        {
          sleep_until_work (crew, seen);
          n_looks = 0;
        }
    }
  return NULL;
}

ShCrew *
sh_crew_new (guint n_helpers)
{
  ShCrew *crew = g_new0 (ShCrew, 1);

  g_mutex_init (&crew->mutex);
  g_cond_init (&crew->cond);
  crew->n_helpers = n_helpers;
  crew->helpers = g_new0 (GThread *, n_helpers);
  for (guint i = 0; i < n_helpers; i++)
    crew->helpers[i] = g_thread_new ("learner", help, crew);
  return crew;
}

void
sh_crew_free (ShCrew *crew)
{
  if (crew == NULL)
    return;
  g_mutex_lock (&crew->mutex);
  atomic_store (&crew->over, TRUE);
  g_cond_broadcast (&crew->cond);
  g_mutex_unlock (&crew->mutex);
  for (guint i = 0; i < crew->n_helpers; i++)
    g_thread_join (crew->helpers[i]);
  g_free (crew->helpers);
  g_mutex_clear (&crew->mutex);
  g_cond_clear (&crew->cond);
  g_free (crew);
}

/* Begins a call with so many lanes, and wakes who sleeps. */
static void
begin_call (ShCrew *crew, guint n_lanes)
{
  guint64 call = (atomic_load (&crew->work) >> CALL_SHIFT) + 1;

  atomic_store (&crew->n_done, 0);
  atomic_store (&crew->work,
                call << CALL_SHIFT | (guint64) n_lanes << LANE_BITS);
  if (atomic_load (&crew->n_sleeping) == 0)
    return;
  g_mutex_lock (&crew->mutex);
  g_cond_broadcast (&crew->cond);
  g_mutex_unlock (&crew->mutex);
}

void
sh_crew_wake (ShCrew *crew)
{
  g_return_if_fail (crew != NULL);

  begin_call (crew, 0);
}

void
sh_crew_run (ShCrew *crew, guint n_lanes, ShCrewFunc func, gpointer data)
{
  guint n_looks = 0;

  g_return_if_fail (crew != NULL && n_lanes <= LANE_MASK);

  if (crew->n_helpers == 0 || n_lanes == 1)
    {
      for (guint lane = 0; lane < n_lanes; lane++)
        func (lane, data);
      return;
    }
  crew->func = func;
  crew->data = data;
  begin_call (crew, n_lanes);
  while (do_lane (crew))
    ;
  while (atomic_load_explicit (&crew->n_done, memory_order_acquire) < n_lanes)
    if (++n_looks < N_PATIENT_LOOKS)
      pause_briefly ();
    else
      g_thread_yield ();
}
