/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The check of simhost.snapshot/1: what is restored goes on as the original
 * did, and bytes that are no snapshot are refused.
 */

#include "sh-conform-player.h"

#include <string.h>

#include "sh-extension.h"

#define MAX_STEPS 60u
#define MAX_SLOW_STEPS 5u
/* Steps before an instance is saved. */
static const guint save_steps[] = { 0, 3, 11, 25 };
#define N_SLOW_SAVES 2u
/* Snapshots with a few bytes changed; steps that are played if one is taken. */
#define N_DAMAGED 200u
#define N_SLOW_DAMAGED 3u
#define DAMAGED_STEPS 10u
#define SLOW_DAMAGED_STEPS 2u

/* An instance that was saved, and what became of it. */
typedef struct
{
  GBytes *bytes;
  gboolean first;
  SimhostRandom random; /* of the actions to come */
  GByteArray *now; /* the state */
  GByteArray *future; /* states and rewards */
} Saved;

static void
saved_clear (Saved *saved)
{
  g_clear_pointer (&saved->bytes, g_bytes_unref);
  g_clear_pointer (&saved->now, g_byte_array_unref);
  g_clear_pointer (&saved->future, g_byte_array_unref);
}

static gboolean
is_slow (const ShConformPlayer *player)
{
  return (player->simulator->flags & SIMHOST_SIMULATOR_SLOW) != 0;
}

static gboolean
is_equal (const GByteArray *one, const GByteArray *two)
{
  return one->len == two->len &&
         (one->len == 0 || memcmp (one->data, two->data, one->len) == 0);
}

static char *
save (ShConformPlayer *player, const SimhostSnapshot *table, GBytes **bytes)
{
  const SimhostSnapshotTag tag = simhost_snapshot_tag (table->version);
  g_autofree guint8 *memory = NULL;
  guint64 size;
  gint32 status;

  sh_conform_player_enter (player, SH_CALL_SNAPSHOT_SIZE);
  size = table->get_size (player->self);
  sh_conform_player_leave (player, SH_CALL_SNAPSHOT_SIZE, SIMHOST_OK);
  if (size < sizeof tag || size > SIMHOST_SNAPSHOT_MAX_SIZE)
    return g_strdup_printf ("get_size, step %u: it says %" G_GUINT64_FORMAT
                            " bytes; from %" G_GSIZE_FORMAT " to %u may be",
                            player->step, size, sizeof tag,
                            SIMHOST_SNAPSHOT_MAX_SIZE);
  memory = g_malloc (size + 2 * SH_CONFORM_GUARD);
  memset (memory, SH_CONFORM_GUARD_BYTE, size + 2 * SH_CONFORM_GUARD);
  sh_conform_player_enter (player, SH_CALL_SAVE);
  status = table->save (player->self, memory + SH_CONFORM_GUARD, size);
  sh_conform_player_leave (player, SH_CALL_SAVE, status);
  if (status != SIMHOST_OK)
    return g_strdup_printf (
        "save, step %u: it returned %d: %s", player->step, status,
        player->text != NULL ? player->text : "and did not say why");
  for (guint i = 0; i < SH_CONFORM_GUARD; i++)
    if (memory[i] != SH_CONFORM_GUARD_BYTE ||
        memory[SH_CONFORM_GUARD + size + i] != SH_CONFORM_GUARD_BYTE)
      return g_strdup_printf ("save, step %u: it wrote beyond its "
                              "%" G_GUINT64_FORMAT " bytes",
                              player->step, size);
  if (memcmp (memory + SH_CONFORM_GUARD, &tag, sizeof tag) != 0)
    return g_strdup_printf ("save, step %u: the bytes do not begin with their "
                            "tag",
                            player->step);
  *bytes = g_bytes_new (memory + SH_CONFORM_GUARD, size);
  return NULL;
}

/* The bytes lie at an odd address, and nothing of ours behind them. */
static gint32
restore (ShConformPlayer *player,
         const SimhostSnapshot *table,
         gconstpointer data,
         gsize size)
{
  g_autofree guint8 *memory = g_malloc (size + 1);
  gint32 status;

  if (size > 0)
    memcpy (memory + 1, data, size);
  sh_conform_player_enter (player, SH_CALL_RESTORE);
  status = table->restore (player->self, memory + 1, size);
  sh_conform_player_leave (player, SH_CALL_RESTORE, status);
  return status;
}

static void
play_on (ShConformPlayer *player, gboolean on)
{
  guint n = is_slow (player) ? MAX_SLOW_STEPS : MAX_STEPS;

  for (guint i = 0; on && i < n; i++)
    on = sh_conform_player_step (player);
}

/* Plays an episode and saves it after `n_steps`, or at its end. */
static char *
make (ShConformRun *run,
      const SimhostSimulator *simulator,
      const SimhostSnapshot *table,
      guint n_steps,
      Saved *saved)
{
  ShConformPlayer player;
  char *problem = NULL;
  gboolean on;

  *saved = (Saved){ .now = g_byte_array_new (), .future = g_byte_array_new () };
  sh_conform_player_init (&player, run, simulator);
  on = sh_conform_player_begin (&player, run->seed + n_steps);
  for (guint i = 0; on && i < n_steps; i++)
    on = sh_conform_player_step (&player);
  if (player.playing && !player.lost && (on || player.terminal == 1))
    {
      problem = save (&player, table, &saved->bytes);
      saved->first = player.step == 0;
      saved->random = player.random;
      sh_conform_trace (&player, saved->now);
      player.trace = saved->future;
      if (problem == NULL)
        play_on (&player, on);
    }
  sh_conform_player_clear (&player);
  return problem;
}

/* Puts a player that is in an episode where the saved one was, and compares. */
static char *
resume (ShConformPlayer *player,
        const SimhostSnapshot *table,
        const Saved *saved,
        const char *where)
{
  g_autoptr (GByteArray) now = g_byte_array_new ();
  g_autoptr (GByteArray) future = g_byte_array_new ();
  gsize size;
  gconstpointer data = g_bytes_get_data (saved->bytes, &size);
  gint32 status = restore (player, table, data, size);

  if (status != SIMHOST_OK)
    return g_strdup_printf ("restore %s: it returned %d for what it has saved: "
                            "%s",
                            where, status,
                            player->text != NULL ? player->text
                                                 : "and did not say why");
  player->random = saved->random;
  player->configured = FALSE;
  if (!sh_conform_player_observe (player))
    return g_strdup_printf ("restore %s: get_state failed after it", where);
  sh_conform_trace (player, now);
  if (!is_equal (now, saved->now))
    return g_strdup_printf ("restore %s: the state is not the one that was "
                            "saved",
                            where);
  player->trace = future;
  play_on (player, saved->first || player->terminal == 0);
  player->trace = NULL;
  return is_equal (future, saved->future)
             ? NULL
             : g_strdup_printf (
                   "restore %s: it does not go on as the saved one "
                   "did",
                   where);
}

/* An instance that has other properties, if it takes them, and has played. */
static char *
resume_elsewhere (ShConformRun *run,
                  const SimhostSimulator *simulator,
                  const SimhostSnapshot *table,
                  const Saved *saved)
{
  ShConformPlayer player;
  SimhostRandom random;
  char *problem = NULL;

  simhost_random_seed (&random, run->seed);
  sh_conform_player_init (&player, run, simulator);
  sh_conform_player_episode (&player, run->seed + 1000, 5);
  sh_conform_fill (&simulator->config, player.config, &random);
  player.configured = FALSE;
  if (sh_conform_player_begin (&player, run->seed + 1001))
    problem = resume (&player, table, saved, "in another instance");
  sh_conform_player_stop (&player);
  if (problem == NULL && sh_conform_player_begin (&player, run->seed + 1002))
    {
      sh_conform_player_step (&player);
      if (player.terminal == 0)
        problem = resume (&player, table, saved, "a second time");
    }
  sh_conform_player_clear (&player);
  return problem;
}

static void
fill_random (guint8 *bytes, gsize size, SimhostRandom *random)
{
  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) simhost_random_bits (random);
}

static char *
refuse (ShConformPlayer *player,
        const SimhostSnapshot *table,
        gconstpointer data,
        gsize size,
        const char *what)
{
  gint32 status = restore (player, table, data, size);

  if (status == SIMHOST_DISCARD)
    return player->text != NULL
               ? NULL
               : g_strdup_printf ("restore: it refused %s, and did not say why "
                                  "with set_error",
                                  what);
  return g_strdup_printf ("restore: it returned %d, not SIMHOST_DISCARD, for "
                          "%s",
                          status, what);
}

/* Tries what is no snapshot; the episode must not feel it. */
static char *
refuse_all (ShConformPlayer *player,
            const SimhostSnapshot *table,
            const Saved *saved,
            SimhostRandom *random)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (saved->bytes, &size);
  g_autofree guint8 *longer = g_malloc0 (size + 1);
  g_autofree guint8 *noise = g_malloc (size);
  char *problem = refuse (player, table, data, 0, "no bytes");

  memcpy (longer, data, size);
  fill_random (noise, size, random);
  if (problem == NULL)
    problem = refuse (player, table, data, size / 2, "half a snapshot");
  if (problem == NULL)
    problem = refuse (player, table, data, size - 1, "a byte too few");
  if (problem == NULL)
    problem = refuse (player, table, longer, size + 1, "a byte too many");
  if (problem == NULL)
    problem = refuse (player, table, noise, size, "random bytes");
  memcpy (noise, data, size);
  noise[4] ^= 1;
  return problem == NULL
             ? refuse (player, table, noise, size, "another version")
             : problem;
}

static char *
check_refusals (ShConformRun *run,
                const SimhostSimulator *simulator,
                const SimhostSnapshot *table,
                const Saved *saved)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (GByteArray) tried = g_byte_array_new ();
  ShConformPlayer player;
  SimhostRandom random;
  char *problem = NULL;

  simhost_random_seed (&random, run->seed);
  sh_conform_player_init (&player, run, simulator);
  player.trace = plain;
  play_on (&player, sh_conform_player_begin (&player, run->seed));
  sh_conform_player_stop (&player);
  player.trace = tried;
  if (sh_conform_player_begin (&player, run->seed))
    {
      problem = refuse_all (&player, table, saved, &random);
      play_on (&player, problem == NULL);
    }
  sh_conform_player_clear (&player);
  return problem != NULL || is_equal (plain, tried)
             ? problem
             : g_strdup ("restore: it refused bytes, and yet the episode goes "
                         "on as another one");
}

/* Whether it is taken or not, nothing may crash, then or later. */
static char *
try_damaged (ShConformPlayer *player,
             const SimhostSnapshot *table,
             const Saved *saved,
             SimhostRandom *random)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (saved->bytes, &size);
  g_autofree guint8 *damaged = g_memdup2 (data, size);
  gsize from = sizeof (SimhostSnapshotTag);
  guint n_steps = is_slow (player) ? SLOW_DAMAGED_STEPS : DAMAGED_STEPS;
  gint32 status;

  if (size == from)
    return NULL;
  for (guint i = 0; i < 4; i++)
    damaged[from + simhost_random_below (random, (guint32) (size - from))] =
        (guint8) simhost_random_bits (random);
  status = restore (player, table, damaged, size);
  if (status == SIMHOST_DISCARD)
    return NULL;
  if (status != SIMHOST_OK)
    return g_strdup_printf ("restore: it returned %d for a damaged snapshot; "
                            "SIMHOST_OK and SIMHOST_DISCARD may be",
                            status);
  player->configured = FALSE;
  if (sh_conform_player_observe (player) && player->terminal == 0)
    for (guint i = 0; i < n_steps && sh_conform_player_step (player); i++)
      ;
  return NULL;
}

static char *
check_damaged (ShConformRun *run,
               const SimhostSimulator *simulator,
               const SimhostSnapshot *table,
               const Saved *saved)
{
  ShConformPlayer player;
  SimhostRandom random;
  char *problem = NULL;
  guint n;

  simhost_random_seed (&random, run->seed);
  sh_conform_player_init (&player, run, simulator);
  n = is_slow (&player) ? N_SLOW_DAMAGED : N_DAMAGED;
  for (guint i = 0; i < n && problem == NULL && !player.lost; i++)
    {
      if (sh_conform_player_begin (&player, run->seed))
        problem = try_damaged (&player, table, saved, &random);
      sh_conform_player_stop (&player);
    }
  sh_conform_player_clear (&player);
  return problem;
}

char *
sh_conform_snapshot (ShConformRun *run, const SimhostSimulator *simulator)
{
  g_autoptr (GError) error = NULL;
  guint n = simulator->flags & SIMHOST_SIMULATOR_SLOW
                ? N_SLOW_SAVES
                : G_N_ELEMENTS (save_steps);
  SimhostSnapshot table;
  char *problem = NULL;

  if (!sh_extension_get_snapshot (simulator, run->slot, &table, &error))
    return g_strdup (error->message);
  for (guint i = 0; i < n && problem == NULL; i++)
    {
      Saved saved;

      problem = make (run, simulator, &table, save_steps[i], &saved);
      if (problem == NULL && saved.bytes != NULL)
        problem = resume_elsewhere (run, simulator, &table, &saved);
      if (problem == NULL && saved.bytes != NULL)
        problem = check_refusals (run, simulator, &table, &saved);
      if (problem == NULL && saved.bytes != NULL)
        problem = check_damaged (run, simulator, &table, &saved);
      saved_clear (&saved);
    }
  return problem;
}
