/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the checks do with a simulator: which episodes they play, and what they
 * compare.
 */

#include "sh-conform-player.h"

#include <malloc.h>
#include <string.h>

#include "sh-loop.h"
#include "sh-strict.h"

/* Steps of an episode that does not end by itself, and of one that is slow. */
#define MAX_STEPS 200u
#define MAX_SLOW_STEPS 5u
#define N_EPISODES 3u
/* Before an action is called impossible. */
#define MIN_REFUSALS 10u
/* Configs that are tried. */
#define N_CONFIGS 20u
/* For leaks: rounds, the first of which do not count, each of some episodes. */
#define N_ROUNDS 8u
/* Of simulators with a loop: what one thread allocates and another frees stays
 * in the allocator's caches for a while, and counts. */
#define N_LOOP_ROUNDS 30u
#define N_WARM_ROUNDS 3u
#define ROUND_EPISODES 20u
#define ROUND_SLOW_EPISODES 2u
#define ROUND_STEPS 50u

static gboolean
is_slow (const SimhostSimulator *simulator)
{
  return (simulator->flags & SIMHOST_SIMULATOR_SLOW) != 0;
}

static guint
most_steps (const SimhostSimulator *simulator)
{
  return is_slow (simulator) ? MAX_SLOW_STEPS : MAX_STEPS;
}

/* ---- descriptions ---- */

/* Where there are no defaults, every field is 0. */
static char *
check_zeros (const SimhostSchema *config)
{
  g_autofree guint8 *zeros = g_malloc0 (MAX (config->size, 1));
  g_autofree char *problem = NULL;

  if (config->defaults != NULL)
    return NULL;
  problem = sh_strict_check_values ("config", config, zeros);
  return problem != NULL
             ? g_strdup_printf ("there are no defaults, and without: %s",
                                problem)
             : NULL;
}

char *
sh_conform_describe (ShConformRun *run, const SimhostSimulator *simulator)
{
  const SimhostPlugin *table = sh_plugin_get_table (run->plugin);
  guint n = sh_plugin_get_n_simulators (run->plugin), again;
  char *problem = check_zeros (&simulator->config);

  if (problem != NULL)
    return problem;
  sh_call_slot_enter (run->slot, SH_CALL_DESCRIBE);
  again = table->get_n_simulators ();
  sh_call_slot_leave (run->slot);
  if (again != n)
    return g_strdup_printf ("get_n_simulators gives %u, and %u when asked "
                            "again",
                            n, again);
  for (guint i = 0; i < n; i++)
    {
      const SimhostSimulator *first = sh_plugin_get_simulator (run->plugin, i);
      const SimhostSimulator *second;

      sh_call_slot_enter (run->slot, SH_CALL_DESCRIBE);
      second = table->get_simulator (i);
      sh_call_slot_leave (run->slot);
      if (second == NULL || g_strcmp0 (first->name, second->name) != 0)
        return g_strdup_printf ("get_simulator (%u) does not give '%s' when "
                                "asked again",
                                i, first->name);
    }
  return NULL;
}

/* ---- episodes ---- */

char *
sh_conform_create (ShConformRun *run, const SimhostSimulator *simulator)
{
  ShConformPlayer players[3];

  for (guint i = 0; i < G_N_ELEMENTS (players); i++)
    if (!sh_conform_player_init (&players[i], run, simulator))
      {
        sh_conform_player_clear (&players[i]);
        for (guint k = 0; k < i; k++)
          sh_conform_player_clear (&players[k]);
        return NULL;
      }
  for (guint i = 0; i < G_N_ELEMENTS (players); i++)
    sh_conform_player_clear (&players[i]);
  return NULL;
}

/* At once, before an answer was ever wanted, and in the middle of an episode. */
char *
sh_conform_finish (ShConformRun *run, const SimhostSimulator *simulator)
{
  ShConformPlayer player;

  sh_conform_player_init (&player, run, simulator);
  sh_conform_player_clear (&player);
  sh_conform_player_init (&player, run, simulator);
  if (sh_conform_player_begin (&player, run->seed))
    sh_conform_player_step (&player);
  player.playing = FALSE;
  sh_conform_player_clear (&player);
  return NULL;
}

/* Episodes to their end, and one that is cut short at once. */
char *
sh_conform_play (ShConformRun *run, const SimhostSimulator *simulator)
{
  ShConformPlayer player;

  sh_conform_player_init (&player, run, simulator);
  for (guint i = 0; i < N_EPISODES; i++)
    sh_conform_player_episode (&player, run->seed + i, most_steps (simulator));
  sh_conform_player_episode (&player, run->seed, 0);
  sh_conform_player_episode (&player, run->seed, 1);
  sh_conform_player_clear (&player);
  return NULL;
}

/* After an action that was refused the state must be as before. */
static char *
play_refused (ShConformPlayer *player, GByteArray *before, GByteArray *after)
{
  g_byte_array_set_size (before, 0);
  sh_conform_trace (player, before);
  for (guint i = 0; i < most_steps (player->simulator); i++)
    {
      gboolean on = sh_conform_player_step (player);

      if (!on && player->terminal == 0)
        break;
      g_byte_array_set_size (after, 0);
      sh_conform_trace (player, after);
      if (player->status == SIMHOST_DISCARD &&
          (before->len != after->len ||
           memcmp (before->data, after->data, after->len) != 0))
        return g_strdup_printf ("advance, step %u: it refused the action, and "
                                "yet the state is another",
                                player->step);
      if (!on)
        break;
      g_byte_array_set_size (before, 0);
      g_byte_array_append (before, after->data, after->len);
    }
  return NULL;
}

char *
sh_conform_refusals (ShConformRun *run, const SimhostSimulator *simulator)
{
  g_autoptr (GByteArray) before = g_byte_array_new ();
  g_autoptr (GByteArray) after = g_byte_array_new ();
  ShConformPlayer player;
  char *problem = NULL;

  sh_conform_player_init (&player, run, simulator);
  for (guint i = 0; i < N_EPISODES && problem == NULL; i++)
    {
      if (sh_conform_player_begin (&player, run->seed + i))
        problem = play_refused (&player, before, after);
      sh_conform_player_stop (&player);
    }
  if (problem == NULL && player.n_discarded == player.n_steps &&
      player.n_steps >= MIN_REFUSALS)
    problem = g_strdup_printf ("advance refused each of %u actions, all such "
                               "as its schema allows",
                               player.n_steps);
  sh_conform_player_clear (&player);
  return problem;
}

/* ---- configs ---- */

/* NULL: taken, or refused with a reason: two fields may not go together. */
static char *
try_config (ShConformPlayer *player, guint64 seed, gboolean is_default)
{
  gboolean on = sh_conform_player_begin (player, seed);
  gboolean refused =
      !player->configured && !player->ended && player->run->problem == NULL;
  char *problem = NULL;

  if (refused && (is_default || player->text == NULL))
    problem = g_strdup_printf (
        "it refused %s: %s",
        is_default ? "its own defaults" : "a config that its schema allows",
        player->text != NULL ? player->text : "without a reason");
  for (guint i = 0; on && i < MAX_SLOW_STEPS; i++)
    on = sh_conform_player_step (player);
  sh_conform_player_stop (player);
  return problem;
}

char *
sh_conform_properties (ShConformRun *run, const SimhostSimulator *simulator)
{
  ShConformPlayer player;
  SimhostRandom random;
  guint n_taken = 0;
  char *problem = NULL;

  simhost_random_seed (&random, run->seed);
  if (sh_conform_player_init (&player, run, simulator))
    problem = try_config (&player, run->seed, TRUE);
  for (guint i = 0; i < N_CONFIGS && problem == NULL && !player.lost; i++)
    {
      sh_conform_fill (&simulator->config, player.config, &random);
      player.configured = FALSE;
      problem = try_config (&player, run->seed + i, FALSE);
      n_taken += player.configured;
    }
  if (problem == NULL && n_taken == 0 && player.alive && !player.ended)
    problem = g_strdup_printf ("it refused each of %u configs, all such as its "
                               "schema allows",
                               N_CONFIGS);
  sh_conform_player_clear (&player);
  return problem;
}

/* ---- seeds ---- */

/* What an instance showed, a GBytes for each state and its rewards. */
static GPtrArray *
record_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

static void
keep (ShConformPlayer *player, GPtrArray *record)
{
  g_ptr_array_add (record,
                   g_bytes_new (player->trace->data, player->trace->len));
  g_byte_array_set_size (player->trace, 0);
}

/* FALSE at the end of the episode. */
static gboolean
step_and_keep (ShConformPlayer *player, GPtrArray *record)
{
  gboolean on = sh_conform_player_step (player);

  keep (player, record);
  return on;
}

static GPtrArray *
play_record (ShConformPlayer *player, guint64 seed)
{
  GPtrArray *record = record_new ();
  gboolean on = sh_conform_player_begin (player, seed);

  keep (player, record);
  for (guint i = 0; on && i < most_steps (player->simulator); i++)
    on = step_and_keep (player, record);
  sh_conform_player_stop (player);
  return record;
}

static char *
compare (const GPtrArray *first, const GPtrArray *second, const char *what)
{
  for (guint i = 0; i < MIN (first->len, second->len); i++)
    if (!g_bytes_equal (g_ptr_array_index (first, i),
                        g_ptr_array_index (second, i)))
      return g_strdup_printf ("%s: the same seed and actions gave another %s "
                              "after step %u",
                              what,
                              i == 0 ? "initial state" : "state or reward", i);
  return first->len == second->len
             ? NULL
             : g_strdup_printf ("%s: the same seed and actions gave an episode "
                                "of %u steps, not %u",
                                what, second->len - 1, first->len - 1);
}

static void
init_traced (ShConformPlayer *player,
             ShConformRun *run,
             const SimhostSimulator *simulator)
{
  sh_conform_player_init (player, run, simulator);
  player->trace = g_byte_array_new ();
}

static void
clear_traced (ShConformPlayer *player)
{
  sh_conform_player_clear (player);
  g_clear_pointer (&player->trace, g_byte_array_unref);
}

char *
sh_conform_repeats (ShConformRun *run, const SimhostSimulator *simulator)
{
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) same = NULL;
  g_autoptr (GPtrArray) other = NULL;
  ShConformPlayer player;
  char *problem;

  init_traced (&player, run, simulator);
  first = play_record (&player, run->seed);
  g_ptr_array_unref (play_record (&player, run->seed + 1));
  same = play_record (&player, run->seed);
  clear_traced (&player);

  init_traced (&player, run, simulator);
  other = play_record (&player, run->seed);
  clear_traced (&player);

  problem = compare (first, same, "in an instance that has played before");
  return problem != NULL ? problem
                         : compare (first, other, "in another instance");
}

/* Two that take turns: the one must not feel the other. */
char *
sh_conform_two (ShConformRun *run, const SimhostSimulator *simulator)
{
  g_autoptr (GPtrArray) alone = NULL;
  g_autoptr (GPtrArray) beside = record_new ();
  g_autoptr (GPtrArray) ignored = record_new ();
  ShConformPlayer one, two;
  gboolean one_on, two_on;

  init_traced (&one, run, simulator);
  alone = play_record (&one, run->seed);
  clear_traced (&one);

  init_traced (&one, run, simulator);
  init_traced (&two, run, simulator);
  one_on = sh_conform_player_begin (&one, run->seed);
  keep (&one, beside);
  two_on = sh_conform_player_begin (&two, run->seed + 1);
  for (guint i = 0; one_on && i < most_steps (simulator); i++)
    {
      two_on = two_on && step_and_keep (&two, ignored);
      one_on = step_and_keep (&one, beside);
    }
  clear_traced (&two);
  clear_traced (&one);
  return simulator->flags & SIMHOST_SIMULATOR_NONDETERMINISTIC
             ? NULL
             : compare (alone, beside, "beside a second instance");
}

/* ---- memory ---- */

/* Of a sanitizer's own allocator, in a program that has it. */
extern gsize __sanitizer_get_current_allocated_bytes (void)
    __attribute__ ((weak));

static gsize
heap_in_use (void)
{
  struct mallinfo2 info;

  if (__sanitizer_get_current_allocated_bytes != NULL)
    return __sanitizer_get_current_allocated_bytes ();
  info = mallinfo2 ();
  return info.uordblks + info.hblkhd;
}

/* A leak grows in every round; a cache that is being filled does not. */
char *
sh_conform_leaks (ShConformRun *run, const SimhostSimulator *simulator)
{
  guint n_episodes = is_slow (simulator) ? ROUND_SLOW_EPISODES : ROUND_EPISODES;
  guint n_steps = MIN (ROUND_STEPS, most_steps (simulator));
  guint n_rounds = sh_simulator_has_loop (simulator) && !is_slow (simulator)
                       ? N_LOOP_ROUNDS
                       : N_ROUNDS;
  gsize begin = 0, before = 0, now = 0;

  for (guint round = 0; round < n_rounds && run->problem == NULL; round++)
    {
      ShConformPlayer player;

      sh_conform_player_init (&player, run, simulator);
      for (guint i = 0; i < n_episodes; i++)
        sh_conform_player_episode (&player, run->seed + i, n_steps);
      sh_conform_player_clear (&player);
      now = heap_in_use ();
      if (round == N_WARM_ROUNDS - 1)
        begin = now;
      else if (round >= N_WARM_ROUNDS && now <= before)
        return NULL;
      before = now;
    }
  return run->problem != NULL
             ? NULL
             : g_strdup_printf (
                   "%u instances with %u episodes each left %" G_GSIZE_FORMAT
                   " bytes behind, more after each of them",
                   n_rounds - N_WARM_ROUNDS, n_episodes, now - begin);
}
