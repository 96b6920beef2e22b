/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * For test-train.py: plays a stored brain greedily in this process, DATA_HOME
 * NAME PLUGIN.so SIMULATOR SEED COUNT, and prints the returns of the episodes
 * whose seeds are SEED and the next ones, and how many succeeded, a line each.
 */

#include <stdio.h>

#include "sh-plugin.h"
#include "sh-rollout.h"
#include "sh-store.h"

int
main (int argc, char **argv)
{
  g_autoptr (ShStore) store = NULL;
  g_autoptr (ShBrain) brain = NULL;
  g_autoptr (ShRollout) rollout = NULL;
  g_autoptr (GError) error = NULL;
  ShPlugin *plugin;

  g_assert_cmpint (argc, ==, 7);
  store = sh_store_new (argv[1]);
  brain = sh_store_load (store, argv[2], 0, &error);
  g_assert_no_error (error);
  plugin = sh_plugin_load (argv[3], &error);
  g_assert_no_error (error);
  rollout = sh_rollout_new (
      &(ShRolloutOptions){
          .simulator = sh_plugin_find_simulator (plugin, argv[4], &error),
          .concept = brain->concept,
          .codec = brain->codec,
          .policy = brain->policy,
          .n_instances = 1,
          .n_all = 1,
          /* The first test episode has this seed. */
          .seed = g_ascii_strtoull (argv[5], NULL, 10) - SH_ROLLOUT_FIRST_TEST,
      },
      &error);
  g_assert_no_error (error);
  for (guint64 i = 0; i < g_ascii_strtoull (argv[6], NULL, 10); i++)
    {
      ShRolloutResult result;

      sh_rollout_test (rollout, brain->concept->n_lessons - 1, i, 1, &result,
                       &error);
      g_assert_no_error (error);
      g_assert_cmpuint (result.n, ==, 1);
      printf ("%.17g %u\n", result.sum, result.n_successes);
    }
  g_clear_pointer (&rollout, sh_rollout_free);
  sh_plugin_close (plugin);
  return 0;
}
