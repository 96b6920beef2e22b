/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShReplay: the ring, and a tree of sums over its priorities.
 *
 * NOTES. The tree is a heap in an array: node i has the children 2 i and
 * 2 i + 1, the leaves begin at n_leaves. A sum is always worked out from its
 * two children, so that rounding does not pile up and a tree built anew from
 * the leaves is the same to the bit.
 */

#include "sh-replay.h"

#include <math.h>
#include <string.h>

/* Added to an error, so that no step is out for ever. */
#define LEAST_PRIORITY 0.01
/* Nor can one be drawn nearly always. */
#define GREATEST_PRIORITY 1e6

typedef enum
{
  SLOT_EMPTY,
  SLOT_STEP, /* the next slot is what came after */
  SLOT_TERMINAL, /* the observation after a terminal step */
  SLOT_CUT, /* that after a step from which the episode went on */
  N_SLOT_KINDS
} SlotKind;

struct ShReplay
{
  guint n_observations, n_actions, n_choices;
  guint n_slots, n_leaves;
  guint head; /* the next slot to be written */
  guint n_steps;
  double exponent, greatest; /* of the errors so far */
  float *observations; /* [n_slots][O] */
  float *actions; /* [n_slots][A] */
  float *rewards; /* [n_slots] */
  guint8 *kinds; /* [n_slots] */
  guint8 *masks; /* [n_slots][C], or NULL as long as there are none */
  double *tree; /* [2 n_leaves] */
};

ShReplay *
sh_replay_new (const ShSpace *space, guint n_steps, double exponent)
{
  ShReplay *replay = g_new0 (ShReplay, 1);
  gsize slot_size;

  replay->n_observations = space->n_observations;
  replay->n_actions = space->n_actions;
  replay->n_choices = sh_space_get_n_choices (space);
  slot_size =
      sizeof (float) * ((gsize) space->n_observations + space->n_actions + 1) +
      2 * sizeof (double) + 1 + replay->n_choices;
  replay->n_slots = (guint) MIN (n_steps, SH_REPLAY_MAX_BYTES / slot_size);
  replay->n_slots = MAX (replay->n_slots, SH_REPLAY_MIN_SLOTS);
  replay->n_leaves = 1;
  while (replay->n_leaves < replay->n_slots)
    replay->n_leaves *= 2;
  replay->exponent = exponent;
  replay->greatest = 1;
  replay->observations =
      g_new0 (float, (gsize) replay->n_slots * replay->n_observations);
  replay->actions = g_new0 (float, (gsize) replay->n_slots * replay->n_actions);
  replay->rewards = g_new0 (float, replay->n_slots);
  replay->kinds = g_new0 (guint8, replay->n_slots);
  replay->tree = g_new0 (double, 2 * (gsize) replay->n_leaves);
  return replay;
}

void
sh_replay_free (ShReplay *replay)
{
  if (replay == NULL)
    return;
  g_free (replay->observations);
  g_free (replay->actions);
  g_free (replay->rewards);
  g_free (replay->kinds);
  g_free (replay->masks);
  g_free (replay->tree);
  g_free (replay);
}

guint
sh_replay_get_n_steps (const ShReplay *replay)
{
  return replay->n_steps;
}

static void
set_leaf (ShReplay *replay, guint slot, double value)
{
  gsize i = (gsize) replay->n_leaves + slot;

  replay->tree[i] = value;
  for (i /= 2; i >= 1; i /= 2)
    replay->tree[i] = replay->tree[2 * i] + replay->tree[2 * i + 1];
}

static double
weigh (const ShReplay *replay, double priority)
{
  return pow (MIN (priority, GREATEST_PRIORITY) + LEAST_PRIORITY,
              replay->exponent);
}

void
sh_replay_set_priority (ShReplay *replay, guint32 slot, double priority)
{
  /* It may have been overwritten since it was drawn. */
  if (replay->kinds[slot] != SLOT_STEP || !(priority >= 0))
    return;
  replay->greatest = MAX (replay->greatest, MIN (priority, GREATEST_PRIORITY));
  set_leaf (replay, slot, weigh (replay, priority));
}

static void
copy_finite (float *to, const float *from, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = isfinite (from[i]) ? CLAMP (from[i], -1e30f, 1e30f) : 0;
}

static void
add_slot (ShReplay *replay, const ShFragment *fragment, guint i, SlotKind kind)
{
  const guint slot = replay->head;
  const gsize o = replay->n_observations, a = replay->n_actions;
  const gsize c = replay->n_choices;

  replay->n_steps -= replay->kinds[slot] == SLOT_STEP;
  replay->kinds[slot] = (guint8) kind;
  copy_finite (replay->observations + slot * o, fragment->observations + i * o,
               o);
  if (kind == SLOT_STEP)
    {
      copy_finite (replay->actions + slot * a, fragment->actions + i * a, a);
      copy_finite (replay->rewards + slot, fragment->rewards + i, 1);
    }
  if (replay->masks != NULL && fragment->masks != NULL)
    memcpy (replay->masks + slot * c, fragment->masks + i * c, c);
  else if (replay->masks != NULL)
    memset (replay->masks + slot * c, 1, c);
  replay->n_steps += kind == SLOT_STEP;
  set_leaf (replay, slot,
            kind == SLOT_STEP ? weigh (replay, replay->greatest) : 0);
  replay->head = (slot + 1) % replay->n_slots;
}

void
sh_replay_add (ShReplay *replay, const ShFragment *fragment)
{
  const guint n = fragment->n_steps;
  const guint first = n >= replay->n_slots ? n - (replay->n_slots - 1) : 0;

  if (n == 0)
    return;
  if (fragment->masks != NULL && replay->masks == NULL && replay->n_choices > 0)
    {
      const gsize size = (gsize) replay->n_slots * replay->n_choices;

      replay->masks = memset (g_malloc (size), 1, size);
    }
  for (guint i = first; i < n; i++)
    add_slot (replay, fragment, i, SLOT_STEP);
  add_slot (replay, fragment, n,
            fragment->end == SH_FRAGMENT_TERMINAL ? SLOT_TERMINAL : SLOT_CUT);
}

/* The leaf in which the sum of the leaves reaches `at`. */
static guint
find_leaf (const ShReplay *replay, double at)
{
  gsize i = 1;

  while (i < replay->n_leaves)
    {
      const double left = replay->tree[2 * i];

      /* A side without a step is never entered, whatever the rounding. */
      i *= 2;
      if (left <= 0 || (at >= left && replay->tree[i + 1] > 0))
        {
          at -= left;
          i++;
        }
    }
  return (guint) (i - replay->n_leaves);
}

void
sh_replay_draw (ShReplay *replay,
                ShRandom *random,
                guint n,
                double correction,
                guint32 *slots,
                float *weights)
{
  const double total = replay->tree[1];
  double largest = 0;

  g_assert (replay->n_steps > 0);

  for (guint i = 0; i < n; i++)
    {
      const double share = (i + (double) sh_random_unit (random)) / n;
      double weight;

      slots[i] = find_leaf (replay, share * total);
      weight = pow (replay->tree[replay->n_leaves + slots[i]], -correction);
      weights[i] = (float) weight;
      largest = MAX (largest, weight);
    }
  for (guint i = 0; i < n; i++)
    weights[i] /= (float) largest;
}

void
sh_replay_get (const ShReplay *replay,
               guint32 slot,
               guint n_steps,
               double discount,
               ShTransition *transition)
{
  const gsize o = replay->n_observations;
  double reward = 0, factor = 1;
  guint last = slot;

  for (guint i = 0; i < n_steps && replay->kinds[last] == SLOT_STEP; i++)
    {
      reward += factor * replay->rewards[last];
      factor *= discount;
      last = (last + 1) % replay->n_slots;
    }
  *transition = (ShTransition){
    .observation = replay->observations + slot * o,
    .action = replay->actions + (gsize) slot * replay->n_actions,
    .next_observation = replay->observations + last * o,
    .reward = (float) reward,
    .discount = replay->kinds[last] == SLOT_TERMINAL ? 0 : (float) factor,
  };
  if (replay->masks != NULL)
    {
      transition->mask = replay->masks + (gsize) slot * replay->n_choices;
      transition->next_mask = replay->masks + (gsize) last * replay->n_choices;
    }
}

/*
 * u32 slots, head; u32 1 when there are masks; f64 greatest; then of each slot:
 * kinds, observations, actions, rewards, leaves, masks.
 */
void
sh_replay_put (const ShReplay *replay, GByteArray *to)
{
  const gsize n = replay->n_slots;

  sh_bytes_put_u32 (to, replay->n_slots);
  sh_bytes_put_u32 (to, replay->head);
  sh_bytes_put_u32 (to, replay->masks != NULL);
  sh_bytes_put_double (to, replay->greatest);
  sh_bytes_put_block (to, replay->kinds, n);
  for (gsize s = 0; s < n; s++)
    {
      if (replay->kinds[s] == SLOT_EMPTY)
        continue;
      sh_bytes_put_floats (to,
                           replay->observations + s * replay->n_observations,
                           replay->n_observations);
      sh_bytes_put_floats (to, replay->actions + s * replay->n_actions,
                           replay->n_actions);
      sh_bytes_put_floats (to, replay->rewards + s, 1);
      sh_bytes_put_double (to, replay->tree[replay->n_leaves + s]);
      if (replay->masks != NULL)
        sh_bytes_put_block (to, replay->masks + s * replay->n_choices,
                            replay->n_choices);
    }
}

/* Whether every step has something after it, and the ring was filled from its
 * beginning. */
static gboolean
check_kinds (const ShReplay *replay)
{
  const guint n = replay->n_slots;
  const gboolean full = replay->kinds[replay->head] != SLOT_EMPTY;

  for (guint s = 0; s < n; s++)
    {
      const SlotKind kind = (SlotKind) replay->kinds[s];
      const guint next = (s + 1) % n;

      if (kind >= N_SLOT_KINDS)
        return FALSE;
      if ((kind == SLOT_EMPTY) != (!full && s >= replay->head))
        return FALSE;
      if (kind == SLOT_STEP &&
          (replay->kinds[next] == SLOT_EMPTY || next == replay->head))
        return FALSE;
    }
  return TRUE;
}

static void
take_slot (ShReplay *replay, guint s, ShBytesReader *reader)
{
  const gboolean is_step = replay->kinds[s] == SLOT_STEP;
  double leaf;

  sh_bytes_take_floats (
      reader, replay->observations + (gsize) s * replay->n_observations,
      replay->n_observations);
  sh_bytes_take_floats (reader, replay->actions + (gsize) s * replay->n_actions,
                        replay->n_actions);
  sh_bytes_take_floats (reader, replay->rewards + s, 1);
  leaf = sh_bytes_take_finite (reader);
  if (is_step ? !(leaf > 0 && leaf <= 2 * GREATEST_PRIORITY) : leaf != 0)
    reader->failed = TRUE;
  replay->tree[(gsize) replay->n_leaves + s] = leaf;
  replay->n_steps += is_step;
  if (replay->masks != NULL)
    {
      const guint8 *mask = sh_bytes_take_block (reader, replay->n_choices);

      if (mask != NULL)
        memcpy (replay->masks + (gsize) s * replay->n_choices, mask,
                replay->n_choices);
    }
}

void
sh_replay_take (ShReplay *replay, ShBytesReader *reader)
{
  const guint32 n = sh_bytes_take_u32 (reader);
  const guint32 head = sh_bytes_take_u32 (reader);
  const guint32 has_masks = sh_bytes_take_u32 (reader);
  const guint8 *kinds;

  replay->greatest = sh_bytes_take_finite (reader);
  kinds = sh_bytes_take_block (reader, replay->n_slots);
  if (n != replay->n_slots || head >= n || has_masks > 1 || kinds == NULL ||
      !(replay->greatest >= 1 && replay->greatest <= GREATEST_PRIORITY))
    {
      reader->failed = TRUE;
      return;
    }
  replay->head = head;
  memcpy (replay->kinds, kinds, n);
  if (!check_kinds (replay))
    {
      reader->failed = TRUE;
      return;
    }
  g_clear_pointer (&replay->masks, g_free);
  if (has_masks && replay->n_choices > 0)
    replay->masks = memset (g_malloc ((gsize) n * replay->n_choices), 1,
                            (gsize) n * replay->n_choices);
  replay->n_steps = 0;
  for (guint s = 0; s < n && !reader->failed; s++)
    if (replay->kinds[s] != SLOT_EMPTY)
      take_slot (replay, s, reader);
  for (gsize i = replay->n_leaves; i-- > 1;)
    replay->tree[i] = replay->tree[2 * i] + replay->tree[2 * i + 1];
}
