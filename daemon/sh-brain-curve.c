/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-brain-curve.h"

#include <math.h>

#include "sh-error.h"
#include "sh-history.h"

/* Episodes over which the mean return runs. */
#define MEAN_EPISODES 100u

/* Whether point `i` of `n` is sent. */
static gboolean
is_kept (guint i, guint n)
{
  guint stride = (n + SH_BRAIN_CURVE_MAX - 1) / SH_BRAIN_CURVE_MAX;

  return (n - 1 - i) % MAX (stride, 1) == 0;
}

/* A point stands for as many episodes as have passed since the one before. */
static guint
get_window (const ShHistoryPoint *points, guint n)
{
  guint64 each =
      n > 1 ? (points[n - 1].episode - points[0].episode) / (n - 1) : 1;

  return (guint) MAX (MEAN_EPISODES / MAX (each, 1), 1);
}

static GVariant *
make_curve (const GArray *found)
{
  const ShHistoryPoint *points = (const ShHistoryPoint *) found->data;
  const guint n = found->len, window = get_window (points, n);
  GVariantBuilder builder;
  guint first = 0; /* of those that the mean is over */
  double sum = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(tdd)"));
  for (guint i = 0; i < n; i++)
    {
      if (points[i].lesson != points[first].lesson)
        {
          first = i;
          sum = 0;
        }
      sum += points[i].value;
      if (i - first >= window)
        sum -= points[first++].value;
      if (is_kept (i, n))
        g_variant_builder_add (&builder, "(tdd)", points[i].iteration,
                               sum / (i - first + 1), (double) NAN);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
make_tests (const GArray *found)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(td)"));
  for (guint i = 0; i < found->len; i++)
    {
      const ShHistoryPoint *point = &g_array_index (found, ShHistoryPoint, i);

      if (is_kept (i, found->len))
        g_variant_builder_add (&builder, "(td)", point->iteration,
                               point->value);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
make_lessons (const GPtrArray *lessons)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ts)"));
  for (guint i = 0; i < lessons->len; i++)
    {
      const ShHistoryLesson *lesson = lessons->pdata[i];

      if (lesson->reason[0] != '\0')
        g_variant_builder_add (&builder, "(ts)", lesson->last_iteration,
                               lesson->name);
    }
  return g_variant_builder_end (&builder);
}

/* A mean over what is not a number is none. */
static void
drop_unknown (GArray *points)
{
  guint n = 0;

  for (guint i = 0; i < points->len; i++)
    {
      ShHistoryPoint point = g_array_index (points, ShHistoryPoint, i);

      if (isfinite (point.value))
        g_array_index (points, ShHistoryPoint, n++) = point;
    }
  g_array_set_size (points, n);
}

static GVariant *
read_run (ShHistory *history, gint64 run, GError **error)
{
  g_autoptr (GArray) values =
      sh_history_get_points (history, run, SH_METRIC_EPISODE_VALUE, error);
  g_autoptr (GArray) tests = NULL;
  g_autoptr (GPtrArray) lessons = NULL;

  if (values != NULL)
    tests =
        sh_history_get_points (history, run, SH_METRIC_TEST_PASS_VALUE, error);
  if (tests != NULL)
    lessons = sh_history_get_lessons (history, run, error);
  if (lessons == NULL)
    return NULL;
  drop_unknown (values);
  drop_unknown (tests);
  return g_variant_new ("(@a(tdd)@a(td)@a(ts))", make_curve (values),
                        make_tests (tests), make_lessons (lessons));
}

GVariant *
sh_brain_curve_read (ShStore *store,
                     const char *name,
                     guint number,
                     GError **error)
{
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (ShHistory) history = NULL;
  g_autoptr (ShHistoryRun) run = NULL;
  g_autoptr (GError) own_error = NULL;

  g_return_val_if_fail (store != NULL && name != NULL, NULL);

  history = sh_history_open (store, FALSE, &own_error);
  if (history != NULL)
    run = sh_history_get_run (history, name, number, &own_error);
  if (run != NULL)
    return read_run (history, run->id, error);
  if (own_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return NULL;
    }
  infos = sh_store_list (store, name, error);
  if (infos == NULL)
    return NULL;
  for (guint i = 0; i < infos->len && number != 0; i++)
    if (((const ShBrainInfo *) infos->pdata[i])->version == number)
      number = 0;
  if (number == 0)
    return g_variant_new (
        "(@a(tdd)@a(td)@a(ts))", g_variant_new ("a(tdd)", NULL),
        g_variant_new ("a(td)", NULL), g_variant_new ("a(ts)", NULL));
  g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
               "brain '%s' has no version %u", name, number);
  return NULL;
}
