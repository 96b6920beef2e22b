/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-train-plan.h"

#include <string.h>

#include "sh-bridge.h"
#include "sh-bus-options.h"
#include "sh-conductor.h"
#include "sh-error.h"
#include "sh-worker-options.h"

/* What the program is called in messages. */
#define NAME "curriculum"

/* ---- options ---- */

#define ROW(NAME, TYPE, MEMBER)                                                \
  {                                                                            \
    NAME, TYPE, G_STRUCT_OFFSET (ShTrainPlan, MEMBER)                          \
  }
/* The first ones are also those of a training that goes on. */
#define N_RESUMED 3
static const ShBusOption table[] = {
  ROW ("muscles", "u", muscles),     ROW ("instances", "u", instances),
  ROW ("simulator", "s", simulator), ROW ("brain", "s", brain),
  ROW ("seed", "t", seed),           ROW ("from", "s", from),
};
#undef ROW

static gboolean
check_number (const char *name, guint number, guint most, GError **error)
{
  if (number <= most)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "option '%s' of Train is a number from 1 to %u", name, most);
  return FALSE;
}

static gboolean
read_options (ShTrainPlan *plan,
              GVariant *options,
              gsize n_rows,
              GError **error)
{
  return sh_bus_options_read (options, "Train", table, n_rows, plan, error) &&
         check_number ("muscles", plan->muscles, SH_CONDUCTOR_MAX_MUSCLES,
                       error) &&
         check_number ("instances", plan->instances, SH_WORKER_MAX_INSTANCES,
                       error);
}

/* A random one fits into 32 bits, as everywhere: people write it down. */
static ShTrainPlan *
new_plan (void)
{
  ShTrainPlan *plan = g_new0 (ShTrainPlan, 1);

  plan->seed = g_random_int ();
  return plan;
}

ShTrainPlan *
sh_train_plan_new (const char *curriculum, GVariant *options, GError **error)
{
  g_autoptr (ShTrainPlan) plan = new_plan ();

  g_return_val_if_fail (curriculum != NULL && options != NULL, NULL);

  if (strlen (curriculum) > SH_PROGRAM_MAX_BYTES)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "the curriculum is longer than %u bytes",
                   SH_PROGRAM_MAX_BYTES);
      return NULL;
    }
  if (!read_options (plan, options, G_N_ELEMENTS (table), error) ||
      (plan->brain != NULL && !sh_store_check_name (plan->brain, error)))
    return NULL;
  plan->text = g_strdup (curriculum);
  return g_steal_pointer (&plan);
}

ShTrainPlan *
sh_train_plan_new_resumed (const ShBrainSummary *brain,
                           GVariant *options,
                           GError **error)
{
  g_autoptr (ShTrainPlan) plan = new_plan ();

  g_return_val_if_fail (brain != NULL && options != NULL, NULL);

  if (!read_options (plan, options, N_RESUMED, error))
    return NULL;
  if (brain->newest == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "brain '%s' was never trained, so that there is nothing to "
                   "go on with",
                   brain->name);
      return NULL;
    }
  if (brain->newest->failure != NULL)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_FAILED,
                           brain->newest->failure);
      return NULL;
    }
  plan->brain = g_strdup (brain->name);
  plan->seed = brain->newest->seed;
  plan->resume = TRUE;
  return g_steal_pointer (&plan);
}

void
sh_train_plan_free (ShTrainPlan *plan)
{
  if (plan == NULL)
    return;
  g_clear_pointer (&plan->program, sh_program_unref);
  g_free (plan->brain);
  g_free (plan->simulator);
  g_free (plan->from);
  g_free (plan->text);
  g_free (plan);
}

/* ---- the program ---- */

static char *
load_text (const char *brain, GError **error)
{
  g_autoptr (ShStore) store = sh_store_new (NULL);
  g_autoptr (GBytes) bytes = sh_store_load_program (store, brain, 0, error);
  gsize size;
  const char *text;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  return g_strndup (text != NULL ? text : "", size);
}

gboolean
sh_train_plan_compile (ShTrainPlan *plan, GError **error)
{
  g_return_val_if_fail (plan != NULL && plan->program == NULL, FALSE);

  if (plan->text == NULL &&
      (plan->text = load_text (plan->brain, error)) == NULL)
    return FALSE;
  plan->program = sh_program_compile (plan->text, -1, NAME, NULL, error);
  if (plan->program == NULL)
    return FALSE;
  plan->concept = &plan->program->concepts[plan->program->output];
  if (plan->brain == NULL)
    plan->brain = g_strdup (plan->concept->name);
  plan->is_given = plan->simulator != NULL;
  if (plan->simulator == NULL)
    plan->simulator = g_strdup (plan->concept->source.name);
  if (plan->simulator == NULL)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                           "the program does not name its simulator; say which "
                           "with the option 'simulator'");
      return FALSE;
    }
  if (sh_store_check_name (plan->brain, error))
    return TRUE;
  g_prefix_error (error, "name the brain with the option 'brain': ");
  return FALSE;
}

/* ---- the simulator ---- */

static gboolean
check_concept (const ShTrainPlan *plan,
               const ShConcept *concept,
               ShPluginObjects *plugins,
               GError **error)
{
  const char *name = plan->is_given || concept->source.name == NULL
                         ? plan->simulator
                         : concept->source.name;
  g_autoptr (ShPluginInfo) plugin = NULL;
  g_autoptr (ShCodec) codec = NULL;
  g_autoptr (ShBridge) bridge = NULL;
  const ShSimulatorInfo *simulator;

  plugin = sh_plugin_objects_find_plugin (plugins, name, &simulator, error);
  if (plugin == NULL)
    return FALSE;
  codec = sh_codec_new (concept, error);
  if (codec != NULL)
    bridge = sh_bridge_new (codec, &simulator->simulator, TRUE, error);
  return bridge != NULL;
}

gboolean
sh_train_plan_check (const ShTrainPlan *plan,
                     ShPluginObjects *plugins,
                     GError **error)
{
  g_return_val_if_fail (plan != NULL && plan->program != NULL, FALSE);

  for (guint i = 0; i < plan->program->n_concepts; i++)
    if (!check_concept (plan, &plan->program->concepts[i], plugins, error))
      return FALSE;
  return TRUE;
}

/* ---- the process ---- */

G_GNUC_PRINTF (2, 3)
static void
add (GPtrArray *arguments, const char *format, ...)
{
  va_list values;

  va_start (values, format);
  g_ptr_array_add (arguments, g_strdup_vprintf (format, values));
  va_end (values);
}

char **
sh_train_plan_get_arguments (const ShTrainPlan *plan, const char *file)
{
  GPtrArray *arguments;

  g_return_val_if_fail (plan != NULL && plan->program != NULL, NULL);

  arguments = g_ptr_array_new ();
  add (arguments, "train");
  add (arguments, "--json");
  add (arguments, "--brain=%s", plan->brain);
  /* Of several concepts each may have its own. */
  if (plan->is_given || plan->program->n_concepts == 1)
    add (arguments, "--simulator=%s", plan->simulator);
  if (plan->resume)
    add (arguments, "--resume");
  else
    add (arguments, "--seed=%" G_GUINT64_FORMAT, plan->seed);
  if (plan->from != NULL)
    add (arguments, "--from=%s", plan->from);
  if (plan->muscles != 0)
    add (arguments, "--muscles=%u", plan->muscles);
  if (plan->instances != 0)
    add (arguments, "--instances=%u", plan->instances);
  add (arguments, "%s", file);
  g_ptr_array_add (arguments, NULL);
  return (char **) g_ptr_array_free (arguments, FALSE);
}
