/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Where a worker notes which plugin function it is in. Slots lie in a page
 * shared with the process that watches the worker: writing one costs a store,
 * and after a crash or a hang the watcher reads there where it happened.
 *
 * The word holds a call's number in its upper bits and the function in its low
 * eight; function 0 is "in no call". A word that stays the same, with a
 * function, for longer than the deadline is a call that hangs; but a simulator's
 * own loop (SH_CALL_LOOP) may run for ever.
 */

#pragma once

#include <glib.h>
#include <stdatomic.h>

G_BEGIN_DECLS

typedef enum
{
  SH_CALL_NONE,
  SH_CALL_LOAD, /* constructors of the shared object */
  SH_CALL_INIT,
  SH_CALL_DESCRIBE,
  SH_CALL_CREATE,
  SH_CALL_SET_PROPERTIES,
  SH_CALL_RESET,
  SH_CALL_START,
  SH_CALL_ADVANCE,
  SH_CALL_GET_STATE,
  SH_CALL_REWARD,
  SH_CALL_STOP,
  SH_CALL_DESTROY,
  SH_CALL_DEINIT,
  SH_CALL_EXTENSION, /* get_extension; below: functions of extensions */
  SH_CALL_RENDER,
  SH_CALL_SNAPSHOT_SIZE,
  SH_CALL_SAVE,
  SH_CALL_RESTORE,
  /* Of simulators with a loop of their own. */
  SH_CALL_LOOP, /* their loop runs and is owed nothing: it may take its time */
  SH_CALL_EVENT_START,
  SH_CALL_EVENT_SIMULATE,
  SH_CALL_EVENT_FINISH,
  SH_CALL_RUN, /* has been told to return */
  SH_N_CALLS
} ShCall;

/* Where the session in a slot is with its engine. */
typedef enum
{
  SH_SLOT_LINK_NONE, /* not begun, or over */
  SH_SLOT_LINK_SEEKING,
  SH_SLOT_LINK_WAITING, /* the engine is there, its brain is not */
  SH_SLOT_LINK_REGISTERED
} ShSlotLink;

typedef struct
{
  _Atomic guint64 word;
  /* What the session in this slot has done, for whoever watches. */
  _Atomic guint64 iterations, episodes;
  _Atomic guint64 losses; /* times that it lost its engine */
  _Atomic guint32 link; /* ShSlotLink */
  _Atomic guint32 sim_id; /* what that calls it */
  _Atomic guint32
      reward; /* the index of the reward it asked for, and 1; or 0 */
} ShCallSlot;

/* The function's name in plugin.h, "advance"; "the simulate event". */
const char *sh_call_to_string (ShCall call);

static inline void
sh_call_slot_enter (ShCallSlot *slot, ShCall call)
{
  if (slot != NULL)
    {
      guint64 word = atomic_load_explicit (&slot->word, memory_order_relaxed);

      atomic_store_explicit (&slot->word, ((word | 0xff) + 1) | (guint64) call,
                             memory_order_relaxed);
    }
}

/* Adds one to `iterations` or `episodes` of a slot. It has one writer: no
 * read-modify-write is needed. */
static inline void
sh_call_slot_count (_Atomic guint64 *counter)
{
  guint64 value = atomic_load_explicit (counter, memory_order_relaxed);

  atomic_store_explicit (counter, value + 1, memory_order_relaxed);
}

static inline void
sh_call_slot_leave (ShCallSlot *slot)
{
  if (slot != NULL)
    {
      guint64 word = atomic_load_explicit (&slot->word, memory_order_relaxed);

      atomic_store_explicit (&slot->word, word & ~(guint64) 0xff,
                             memory_order_relaxed);
    }
}

G_END_DECLS
