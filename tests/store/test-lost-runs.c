/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Trainings whose process has died: which are closed, and as what.
 */

#include "sh-history-writer.h"
#include "store-fixture.h"

#define NOT_SAVED NULL

typedef struct
{
  const char *path;
  gboolean served;
  const char *saved; /* the reason in the version's last save; or NOT_SAVED */
  gboolean claimed; /* somebody trains it still */
  gboolean followed; /* by the training of a newer version, served, open */
  const char *reason; /* expected; NULL: it stays open */
} Case;

static const Case cases[] = {
  { "/lost-runs/never-saved", FALSE, NOT_SAVED, FALSE, FALSE, "interrupted" },
  { "/lost-runs/saved-on-the-way", FALSE, "none", FALSE, FALSE, "interrupted" },
  { "/lost-runs/saved-at-its-end", FALSE, "curriculum-met", FALSE, FALSE,
    "curriculum-met" },
  { "/lost-runs/not-lost", FALSE, "none", TRUE, FALSE, NULL },
  { "/lost-runs/served-goes-on", TRUE, "none", FALSE, FALSE, NULL },
  { "/lost-runs/served-begins-again", TRUE, NOT_SAVED, FALSE, FALSE, NULL },
  { "/lost-runs/served-was-at-its-end", TRUE, "interrupted", FALSE, FALSE,
    "interrupted" },
  { "/lost-runs/served-by-somebody-still", TRUE, "interrupted", TRUE, FALSE,
    NULL },
  { "/lost-runs/served-and-a-newer-one-too", TRUE, "none", FALSE, TRUE,
    "interrupted" },
};

/* A training of which nobody will tell the end. */
static void
begin (ShHistory *history, guint version, gboolean served)
{
  const ShHistoryStart start = { .brain = "Lift",
                                 .version = version,
                                 .concept = "Steer",
                                 .algorithm = "PPO",
                                 .served = served };
  g_autoptr (GError) error = NULL;
  g_autoptr (ShHistoryWriter) writer =
      sh_history_writer_new (history, &start, &error);

  g_assert_no_error (error);
  sh_history_writer_add (writer, SH_METRIC_EPISODE_VALUE, 1, 10, 1.5);
  g_assert_true (sh_history_writer_flush (writer));
}

static void
save (const StoreFixture *self, ShStoreVersion *version, const char *reason)
{
  g_autoptr (ShBrainInfo) info = sh_brain_info_new ();
  g_autoptr (GError) error = NULL;

  info->algorithm = g_strdup ("PPO");
  info->reason = g_strdup (reason);
  sh_store_version_save (version, info, self->program, self->concept,
                         self->policy, &error);
  g_assert_no_error (error);
}

static void
check (ShHistory *history, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShHistoryRun) run =
      sh_history_get_run (history, "lift", 1, &error);
  g_autoptr (GArray) points = NULL;

  g_assert_no_error (error);
  if (reason == NULL)
    {
      g_assert_cmpint (run->ended, ==, 0);
      g_assert_cmpstr (run->reason, ==, "none");
      return;
    }
  points =
      sh_history_get_points (history, run->id, SH_METRIC_EPISODE_VALUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (points->len, ==, 1);
  g_assert_cmpstr (run->reason, ==, reason);
  g_assert_cmpint (run->ended, ==,
                   g_array_index (points, ShHistoryPoint, 0).time);
}

static void
test_lost (StoreFixture *self, gconstpointer data)
{
  const Case *one = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShHistory) history = sh_history_open (self->store, TRUE, &error);
  g_autoptr (ShStoreVersion) version = store_begin (self, "Lift");

  g_assert_no_error (error);
  if (one->saved != NOT_SAVED)
    save (self, version, one->saved);
  if (!one->claimed)
    g_clear_pointer (&version, sh_store_version_free);
  begin (history, 1, one->served);
  if (one->followed)
    begin (history, 2, TRUE);
  /* Once more makes no difference. */
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (sh_history_close_lost_runs (history, self->store, &error));
      g_assert_no_error (error);
      check (history, one->reason);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add (cases[i].path, StoreFixture, &cases[i], store_set_up, test_lost,
                store_tear_down);
  return g_test_run ();
}
