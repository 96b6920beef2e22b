/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-run-work.h"

#include "sh-brain-curve.h"
#include "sh-bus-work.h"
#include "sh-control.h"
#include "sh-store.h"

typedef struct
{
  ShStore *store;
  char *brain;
  guint version, muscles;
  GVariant *known; /* of the curve; or NULL */
} Work;

static Work *
work_new (const char *brain, guint version)
{
  Work *work = g_new0 (Work, 1);

  work->store = sh_store_new (NULL);
  work->brain = g_strdup (brain);
  work->version = version;
  return work;
}

static void
work_free (gpointer data)
{
  Work *work = data;

  sh_store_free (work->store);
  g_clear_pointer (&work->known, g_variant_unref);
  g_free (work->brain);
  g_free (work);
}

static GVariant *
set_muscles (gpointer data, GError **error)
{
  const Work *work = data;
  g_autofree char *request =
      g_strdup_printf ("{\"do\":\"muscles\",\"count\":%u}", work->muscles);
  g_autoptr (JsonObject) answer =
      sh_control_ask (sh_store_get_folder (work->store), work->brain,
                      work->version, request, error);

  return answer != NULL ? g_variant_new ("()") : NULL;
}

void
sh_run_work_set_muscles (GDBusMethodInvocation *invocation,
                         const char *brain,
                         guint version,
                         guint muscles)
{
  Work *work = work_new (brain, version);

  work->muscles = muscles;
  sh_bus_work (invocation, set_muscles, work, work_free);
}

static GVariant *
add_tests (gpointer data, GError **error)
{
  const Work *work = data;
  g_autoptr (GVariant) history =
      sh_brain_curve_read (work->store, work->brain, work->version, NULL);
  g_autoptr (GVariant) curve = g_variant_get_child_value (work->known, 0);
  g_autoptr (GVariant) tests = NULL;
  g_autoptr (GVariant) lessons = g_variant_get_child_value (work->known, 2);

  /* One without a history has no tests. */
  if (history != NULL)
    g_variant_ref_sink (history);
  tests =
      g_variant_get_child_value (history != NULL ? history : work->known, 1);
  return g_variant_new ("(@a(tdd)@a(td)@a(ts))", curve, tests, lessons);
}

void
sh_run_work_get_curve (GDBusMethodInvocation *invocation,
                       const char *brain,
                       guint version,
                       GVariant *known)
{
  Work *work = work_new (brain, version);

  work->known = g_variant_ref_sink (known);
  sh_bus_work (invocation, add_tests, work, work_free);
}
