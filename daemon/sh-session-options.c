/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-session-options.h"

#include "sh-bus-options.h"
#include "sh-error.h"

/* As they come. */
typedef struct
{
  char *name, *engine, *brain, *mode, *access_key, *restart;
  char **set;
  guint instances, version;
  gint nice;
  guint64 seed, memory;
} Options;

#define ROW(NAME, TYPE, MEMBER)                                                \
  {                                                                            \
    NAME, TYPE, G_STRUCT_OFFSET (Options, MEMBER)                              \
  }
static const ShBusOption table[] = {
  ROW ("name", "s", name),
  ROW ("instances", "u", instances),
  ROW ("engine", "s", engine),
  ROW ("brain", "s", brain),
  ROW ("mode", "s", mode),
  ROW ("version", "u", version),
  ROW ("accesskey", "s", access_key),
  ROW ("seed", "t", seed),
  ROW ("set", "as", set),
  ROW ("restart", "s", restart),
  ROW ("memory", "t", memory),
  ROW ("nice", "i", nice),
};
#undef ROW

static void
options_clear (Options *options)
{
  g_free (options->name);
  g_free (options->engine);
  g_free (options->brain);
  g_free (options->mode);
  g_free (options->access_key);
  g_free (options->restart);
  g_strfreev (options->set);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
read_mode (const char *text, gboolean *predict, GError **error)
{
  *predict = g_strcmp0 (text, "predict") == 0;
  if (*predict || g_strcmp0 (text, "train") == 0)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "mode '%.40s': it is 'train' or 'predict'", text);
  return FALSE;
}

static char *
take_text (char **text)
{
  /* Empty is as good as none. */
  if (*text != NULL && (*text)[0] == '\0')
    g_clear_pointer (text, g_free);
  return g_steal_pointer (text);
}

gboolean
sh_session_options_read (const char *simulator,
                         GVariant *values,
                         ShUnitSettings *settings,
                         GError **error)
{
  g_auto (Options) options = { .instances = 1 };

  if (!sh_bus_check_text ("the simulator's name", simulator, error) ||
      !sh_bus_options_read (values, "StartSession", table, G_N_ELEMENTS (table),
                            &options, error) ||
      (options.mode != NULL &&
       !read_mode (options.mode, &settings->predict, error)) ||
      (options.restart != NULL &&
       !sh_restart_policy_parse (options.restart, &settings->restart, error)))
    return FALSE;
  if (options.nice < 0)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "nice %d: it is from 0 to 19", options.nice);
      return FALSE;
    }
  settings->simulator = g_strdup (simulator);
  settings->name = take_text (&options.name);
  settings->engine = take_text (&options.engine);
  settings->brain = take_text (&options.brain);
  settings->access_key = take_text (&options.access_key);
  settings->set = g_steal_pointer (&options.set);
  settings->n_instances = options.instances;
  settings->version = options.version;
  settings->limits.memory = options.memory;
  settings->limits.niceness = (guint) options.nice;
  settings->seed = options.seed;
  settings->has_seed = g_variant_lookup (values, "seed", "t", NULL);
  return TRUE;
}
