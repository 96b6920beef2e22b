/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a replayer makes of rows that a simulator's process may have written
 * over: steps that can have happened reach the run, others are refused.
 */

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "programs.h"
#include "sh-algorithm.h"
#include "sh-error.h"
#include "sh-replayer.h"

#define N_STEPS 3u
#define N_OBSERVATIONS 3u

/* One simulation's rows: an episode that goes on. */
typedef struct
{
  float observations[(N_STEPS + 1) * N_OBSERVATIONS];
  float last[N_STEPS * N_OBSERVATIONS];
  float actions[N_STEPS], log_probs[N_STEPS], values[N_STEPS];
  float rewards[N_STEPS];
  double earned[N_STEPS];
  guint8 ends[N_STEPS];
} Rows;

typedef struct
{
  const char *path;
  goffset offset; /* in Rows, of the float that is wrong; -1: none */
  guint8 end; /* of the last step */
  float value;
} Case;

#define CASE(NAME, MEMBER, VALUE)                                              \
  {                                                                            \
    "/muscles/replayer/" NAME, (goffset) offsetof (Rows, MEMBER),              \
        SH_STEP_GOES_ON, VALUE                                                 \
  }

static const Case cases[] = {
  { "/muscles/replayer/good", -1, SH_STEP_GOES_ON, 0 },
  { "/muscles/replayer/lost", -1, SH_STEP_LOST, 0 },
  CASE ("first-state", observations[0], NAN),
  CASE ("later-state", observations[2 * N_OBSERVATIONS + 1], INFINITY),
  CASE ("action", actions[1], NAN),
  CASE ("log-prob", log_probs[1], NAN),
  CASE ("value", values[2], -INFINITY),
  CASE ("reward", rewards[0], NAN),
  { "/muscles/replayer/no-end", -1, SH_STEP_NONE + 1, 0 },
  { "/muscles/replayer/none-of-one-that-stays", -1, SH_STEP_NONE, 0 },
  { "/muscles/replayer/end-that-is-none", -1, SH_STEP_LIMIT, 0 },
};

static void
test_rows (gconstpointer data)
{
  const Case *wanted = data;
  const gboolean is_good =
      wanted->offset < 0 &&
      (wanted->end == SH_STEP_LOST || wanted->end == SH_STEP_GOES_ON);
  g_autoptr (GError) error = NULL;
  ShProgram *program = fickle_program ("");
  const ShConcept *concept = fixture_concept (program);
  g_autoptr (ShCodec) codec = sh_codec_new (concept, &error);
  g_autoptr (ShRun) run = NULL;
  Rows rows = { 0 };
  ShRunProgress progress;
  ShReplayer *replayer;

  g_assert_no_error (error);
  run = sh_run_new_training (
      program, concept, codec,
      sh_algorithm_new_learner (concept, sh_codec_get_space (codec), 1, NULL),
      1);
  rows.ends[N_STEPS - 1] = wanted->end;
  if (wanted->offset >= 0)
    *(float *) ((char *) &rows + wanted->offset) = wanted->value;
  replayer = sh_replayer_new (run, "fickle", 1);
  sh_replayer_add (replayer,
                   &(ShRolloutRows){
                       .n_steps = N_STEPS,
                       .observations = rows.observations,
                       .last = rows.last,
                       .actions = rows.actions,
                       .log_probs = rows.log_probs,
                       .values = rows.values,
                       .rewards = rows.rewards,
                       .earned = rows.earned,
                       .ends = rows.ends,
                   },
                   0, 1, 0);
  g_assert_cmpint (sh_replayer_take (replayer, N_STEPS, 0, &error), ==,
                   is_good);
  sh_run_get_progress (run, &progress);
  if (is_good)
    g_assert_cmpuint (progress.iterations, ==,
                      wanted->end == SH_STEP_LOST ? N_STEPS - 1 : N_STEPS);
  else
    {
      g_assert_error (error, SH_ERROR, SH_ERROR_PROTOCOL);
      g_assert_nonnull (strstr (error->message, "simulator 'fickle'"));
      g_assert_null (strchr (error->message, '\n'));
    }
  sh_replayer_free (replayer);
  sh_program_unref (program);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_rows);
  return g_test_run ();
}
