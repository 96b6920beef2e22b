/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * For test-commands.py: stores a brain with a random policy, DATA_HOME NAME
 * FILE.ink SEED, and prints its version.
 */

#include <stdio.h>

#include "fixture.h"
#include "sh-store.h"

int
main (int argc, char **argv)
{
  const guint layers[] = { 16 };
  g_autoptr (ShStore) store = NULL;
  g_autoptr (ShStoreVersion) version = NULL;
  g_autoptr (ShBrainInfo) info = sh_brain_info_new ();
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (ShCodec) codec = NULL;
  g_autoptr (ShPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpint (argc, ==, 5);
  g_file_get_contents (argv[3], &text, NULL, &error);
  g_assert_no_error (error);
  program = fixture_compile (text);
  codec = sh_codec_new (fixture_concept (program), &error);
  g_assert_no_error (error);
  policy = sh_policy_new (sh_codec_get_space (codec), layers, 1,
                          g_ascii_strtoull (argv[4], NULL, 10));
  info->algorithm = g_strdup ("PPO");
  info->reason = g_strdup ("curriculum-met");
  info->iterations = 12345;
  info->episodes = 67;
  info->mean_return = 475.5;
  info->seconds = 0.25;
  info->seed = 1;
  store = sh_store_new (argv[1]);
  version = sh_store_begin_version (store, argv[2], &error);
  g_assert_no_error (error);
  sh_store_version_save (version, info, program, fixture_concept (program),
                         policy, &error);
  g_assert_no_error (error);
  printf ("%u\n", sh_store_version_get_number (version));
  return 0;
}
