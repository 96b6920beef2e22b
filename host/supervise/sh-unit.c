/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The states of a unit. There is a supervisor as long as there is a worker, or
 * as one follows another by the rules of restarts; what comes after that is
 * `after`.
 */

#include "sh-unit.h"

#include <string.h>

#include "sh-error.h"
#include "sh-probe-cache.h"
#include "sh-unit-count.h"

/* What follows when the supervisor has ended. */
typedef enum
{
  AFTER_END, /* finished, or failed */
  AFTER_END_STOP, /* stopped */
  AFTER_END_BEGIN, /* it begins anew */
  AFTER_END_GONE /* failed: its plugin has gone */
} AfterEnd;

struct ShUnit
{
  ShUnitSettings settings;
  const ShRetrySource *source;
  const ShUnitFuncs *funcs;
  gpointer user_data;
  char *engine_url, *engine_key; /* the default engine's; NULL: none */
  ShPluginInfo *plugin; /* NULL: there is none */
  char *missing; /* why; NULL: nobody said */

  ShWorkerOptions options; /* of the supervisor */
  /* Which file it runs, or ran last, and how that was; NULL: none. */
  char *file;
  struct stat file_seen; /* st_nlink 0: it could not be looked at */
  ShSupervisor *supervisor; /* NULL: there is none */
  AfterEnd after;
  gboolean first; /* no worker has been started since the unit was */

  ShUnitStatus status;
  ShUnitCount count;
  char *error;
  guint64 memory;
  gint64 memory_time; /* monotonic */
  GArray *episodes; /* of a look */
  ShUnitLog log;
};

static const char *const state_names[] = {
  [SH_UNIT_STOPPED] = "stopped",   [SH_UNIT_WAITING] = "waiting",
  [SH_UNIT_STARTING] = "starting", [SH_UNIT_CONNECTING] = "connecting",
  [SH_UNIT_RUNNING] = "running",   [SH_UNIT_RESTARTING] = "restarting",
  [SH_UNIT_STOPPING] = "stopping", [SH_UNIT_FINISHED] = "finished",
  [SH_UNIT_FAILED] = "failed",
};

G_STATIC_ASSERT (G_N_ELEMENTS (state_names) == SH_UNIT_N_STATES);

const char *
sh_unit_state_to_string (ShUnitState state)
{
  g_return_val_if_fail ((guint) state < SH_UNIT_N_STATES, NULL);

  return state_names[state];
}

/* ---- what others see ---- */

static void
tell_changed (ShUnit *unit)
{
  unit->funcs->changed (unit, unit->user_data);
}

static void
add_line (ShUnit *unit, const char *text)
{
  const ShUnitLine *line = sh_unit_log_add (&unit->log, text);

  if (unit->funcs->logged != NULL)
    unit->funcs->logged (unit, line, unit->user_data);
}

static void
set_error (ShUnit *unit, const char *text)
{
  g_free (unit->error);
  unit->error = g_strdup (text);
  unit->status.error = unit->error;
  unit->status.error_time = text[0] != '\0' ? g_get_real_time () : 0;
  if (text[0] != '\0')
    add_line (unit, text);
}

static void
set_state (ShUnit *unit, ShUnitState state)
{
  if (unit->status.state == state)
    return;
  unit->status.state = state;
  add_line (unit, state_names[state]);
  tell_changed (unit);
}

static void
fail (ShUnit *unit, const char *text)
{
  set_error (unit, text);
  set_state (unit, SH_UNIT_FAILED);
}

static void
give_up (ShUnit *unit, const char *text)
{
  fail (unit, text);
  if (unit->funcs->gave_up != NULL)
    unit->funcs->gave_up (unit, unit->user_data);
}

static void
note_worker (ShUnit *unit, ShWorker *worker)
{
  unit->status.pid = worker != NULL ? sh_worker_get_pid (worker) : 0;
  unit->status.start_time = worker != NULL ? g_get_real_time () : 0;
  unit->status.n_connected = 0;
  unit->memory_time = 0;
}

static void
update_names (ShUnit *unit)
{
  const ShUnitSettings *settings = &unit->settings;
  const char *url =
      settings->engine != NULL ? settings->engine : unit->engine_url;

  unit->status.engine = url != NULL ? url : "";
  unit->status.brain =
      settings->brain != NULL ? settings->brain : settings->simulator;
}

static void read_report (ShUnit *unit, ShWorker *worker);

/* ---- a worker ---- */

static void begin (ShUnit *unit);

static void
on_started (gpointer user_data)
{
  ShUnit *unit = user_data;

  if (!unit->first)
    unit->status.n_restarts++;
  unit->first = FALSE;
  note_worker (unit, sh_supervisor_get_worker (unit->supervisor));
  sh_unit_count_begin (&unit->count);
  unit->status.state = SH_UNIT_STARTING;
  add_line (unit, state_names[SH_UNIT_STARTING]);
  tell_changed (unit);
}

/* The worker is gone: what it did counts for the unit. */
static void
on_gone (ShWorker *worker, gpointer user_data)
{
  ShUnit *unit = user_data;

  read_report (unit, worker);
  sh_unit_count_end (&unit->count, worker, &unit->status);
  note_worker (unit, NULL);
}

static void
on_restarting (const GError *error, gpointer user_data)
{
  ShUnit *unit = user_data;

  if (error != NULL)
    set_error (unit, error->message);
  set_state (unit, SH_UNIT_RESTARTING);
}

static void
on_line (const char *line, gpointer user_data)
{
  add_line (user_data, line);
}

static const ShSupervisorWatch watch = { on_started, on_gone, on_restarting,
                                         on_line };

static void
on_ended (ShSupervisor *supervisor, const GError *error, gpointer user_data)
{
  ShUnit *unit = user_data;
  AfterEnd after = unit->after;

  g_clear_pointer (&unit->supervisor, sh_supervisor_free);
  unit->after = AFTER_END;
  if (after == AFTER_END_BEGIN || (after == AFTER_END_GONE && unit->plugin))
    begin (unit);
  else if (after == AFTER_END_GONE)
    fail (unit, unit->missing);
  else if (after == AFTER_END_STOP)
    set_state (unit, SH_UNIT_STOPPED);
  else if (error != NULL)
    give_up (unit, error->message);
  else
    set_state (unit, SH_UNIT_FINISHED);
}

static void
fill_options (ShUnit *unit)
{
  const ShUnitSettings *settings = &unit->settings;
  gboolean own = settings->engine != NULL;

  sh_worker_options_clear (&unit->options);
  sh_worker_options_init (&unit->options);
  sh_link_settings_clear (&unit->options.link);
  unit->options.file = g_strdup (unit->plugin->path);
  unit->options.simulator = g_strdup (settings->simulator);
  unit->options.record = g_strdup (settings->record);
  unit->options.set = g_strdupv (settings->set);
  unit->options.n_instances = settings->n_instances;
  unit->options.seed = settings->has_seed ? settings->seed : g_random_int ();
  unit->options.limits = settings->limits;
  unit->options.link = (ShLinkSettings){
    .url = g_strdup (own ? settings->engine : unit->engine_url),
    .access_key = g_strdup (own ? settings->access_key : unit->engine_key),
    .username =
        g_strdup (settings->username != NULL ? settings->username
                                             : SH_LINK_DEFAULT_USERNAME),
    .brain = g_strdup (unit->status.brain),
    .predict = settings->predict,
    .version = settings->version,
    .await_brain = TRUE,
    /* It is kept running: the engine may come back at any time. */
    .retry_timeout = SH_RETRY_FOREVER,
    .network_timeout = SH_LINK_DEFAULT_NETWORK_TIMEOUT,
  };
}

static void
start_supervisor (ShUnit *unit)
{
  const ShUnitSettings *settings = &unit->settings;
  g_autoptr (GError) error = NULL;

  /* What it waited for is no fault. */
  if (unit->status.state == SH_UNIT_WAITING)
    set_error (unit, "");
  fill_options (unit);
  g_free (unit->file);
  unit->file = g_strdup (unit->plugin->path);
  if (stat (unit->file, &unit->file_seen) != 0)
    unit->file_seen.st_nlink = 0;
  unit->supervisor = sh_supervisor_new (&unit->options, settings->call_deadline,
                                        on_ended, unit);
  sh_supervisor_set_rules (unit->supervisor, &(ShSupervisorRules){
                                                 .policy = settings->restart,
                                                 .patient = TRUE,
                                                 .source = unit->source,
                                             });
  sh_supervisor_set_watch (unit->supervisor, &watch);
  if (sh_supervisor_start (unit->supervisor, &error))
    return;
  g_clear_pointer (&unit->supervisor, sh_supervisor_free);
  fail (unit, error->message);
}

static void
wait_for (ShUnit *unit, const char *reason)
{
  if (unit->status.state == SH_UNIT_WAITING &&
      strcmp (unit->error, reason) == 0)
    return;
  set_error (unit, reason);
  set_state (unit, SH_UNIT_WAITING);
}

/* There is no supervisor: starts one, or waits for what it needs. */
static void
begin (ShUnit *unit)
{
  g_autofree char *none = NULL;

  if (unit->plugin == NULL)
    {
      none = g_strdup_printf ("there is no simulator '%s'",
                              unit->settings.simulator);
      wait_for (unit, unit->missing != NULL ? unit->missing : none);
    }
  else if (unit->settings.engine == NULL && unit->engine_url == NULL)
    wait_for (unit, "there is no engine: start one, or name one");
  else
    start_supervisor (unit);
}

static void
end_worker (ShUnit *unit, AfterEnd after, ShUnitState state, gboolean now)
{
  unit->after = after;
  set_state (unit, state);
  if (now)
    sh_supervisor_stop (unit->supervisor);
  else
    sh_supervisor_leave (unit->supervisor, SH_UNIT_LEAVE_DEADLINE * 1000);
}

/* ---- what the owner wants ---- */

ShUnit *
sh_unit_new (const ShUnitSettings *settings,
             const ShRetrySource *source,
             const ShUnitFuncs *funcs,
             gpointer user_data)
{
  ShUnit *unit = g_new0 (ShUnit, 1);

  sh_unit_settings_copy (settings, &unit->settings);
  unit->source = source;
  unit->funcs = funcs;
  unit->user_data = user_data;
  sh_worker_options_init (&unit->options);
  sh_unit_log_init (&unit->log);
  unit->episodes = g_array_new (FALSE, FALSE, sizeof (ShReportEpisode));
  sh_unit_count_clear (&unit->count, &unit->status);
  unit->error = g_strdup ("");
  unit->status.error = unit->error;
  update_names (unit);
  return unit;
}

void
sh_unit_free (ShUnit *unit)
{
  if (unit == NULL)
    return;
  sh_supervisor_free (unit->supervisor);
  sh_worker_options_clear (&unit->options);
  sh_unit_settings_clear (&unit->settings);
  sh_unit_log_clear (&unit->log);
  g_array_unref (unit->episodes);
  g_clear_pointer (&unit->plugin, sh_plugin_info_unref);
  g_free (unit->engine_url);
  g_free (unit->engine_key);
  g_free (unit->missing);
  g_free (unit->file);
  g_free (unit->error);
  g_free (unit);
}

const ShUnitSettings *
sh_unit_get_settings (const ShUnit *unit)
{
  return &unit->settings;
}

/* Something that it runs with is another now. */
static void
begin_anew (ShUnit *unit, gboolean now)
{
  if (!unit->status.wanted)
    return;
  if (unit->supervisor == NULL)
    begin (unit);
  else
    end_worker (unit, AFTER_END_BEGIN, SH_UNIT_RESTARTING, now);
}

void
sh_unit_set_settings (ShUnit *unit, const ShUnitSettings *settings)
{
  ShUnitSettings copy;

  if (sh_unit_settings_equal (&unit->settings, settings))
    return;
  sh_unit_settings_copy (settings, &copy);
  sh_unit_settings_clear (&unit->settings);
  unit->settings = copy;
  update_names (unit);
  begin_anew (unit, FALSE);
  tell_changed (unit);
}

void
sh_unit_set_engine (ShUnit *unit, const char *url, const char *access_key)
{
  if (g_strcmp0 (unit->engine_url, url) == 0 &&
      g_strcmp0 (unit->engine_key, access_key) == 0)
    return;
  g_free (unit->engine_url);
  g_free (unit->engine_key);
  unit->engine_url = g_strdup (url);
  unit->engine_key = g_strdup (access_key);
  update_names (unit);
  if (unit->settings.engine == NULL)
    begin_anew (unit, TRUE);
  tell_changed (unit);
}

static void
plugin_gone (ShUnit *unit, const char *reason)
{
  g_clear_pointer (&unit->missing, g_free);
  unit->missing = reason != NULL ? g_strdup (reason)
                                 : g_strdup_printf ("simulator '%s' is gone",
                                                    unit->settings.simulator);
  g_clear_pointer (&unit->file, g_free);
  if (unit->status.wanted && unit->supervisor != NULL)
    end_worker (unit, AFTER_END_GONE, SH_UNIT_STOPPING, FALSE);
}

static gboolean
is_another_file (const ShUnit *unit, const char *path)
{
  struct stat now;

  return g_strcmp0 (path, unit->file) != 0 || unit->file_seen.st_nlink == 0 ||
         stat (path, &now) != 0 ||
         !sh_probe_cache_is_same_file (&now, &unit->file_seen);
}

void
sh_unit_set_plugin (ShUnit *unit, ShPluginInfo *plugin, const char *reason)
{
  ShPluginInfo *before = unit->plugin;

  unit->plugin = plugin != NULL ? sh_plugin_info_ref (plugin) : NULL;
  if (plugin == NULL && before != NULL)
    plugin_gone (unit, reason);
  else if (plugin == NULL && reason != NULL)
    {
      g_free (unit->missing);
      unit->missing = g_strdup (reason);
    }
  else if (plugin != NULL && is_another_file (unit, plugin->path))
    begin_anew (unit, FALSE);
  g_clear_pointer (&before, sh_plugin_info_unref);
}

void
sh_unit_start (ShUnit *unit)
{
  gboolean was_wanted = unit->status.wanted;

  unit->status.wanted = TRUE;
  if (unit->supervisor != NULL)
    {
      if (!was_wanted)
        end_worker (unit, AFTER_END_BEGIN, SH_UNIT_RESTARTING, TRUE);
      return;
    }
  unit->first = TRUE;
  unit->status.n_restarts = 0;
  sh_unit_count_clear (&unit->count, &unit->status);
  set_error (unit, "");
  begin (unit);
}

void
sh_unit_stop (ShUnit *unit)
{
  unit->status.wanted = FALSE;
  if (unit->supervisor != NULL)
    end_worker (unit, AFTER_END_STOP, SH_UNIT_STOPPING, TRUE);
  else
    set_state (unit, SH_UNIT_STOPPED);
}

void
sh_unit_restart (ShUnit *unit, gboolean now)
{
  if (unit->supervisor == NULL)
    {
      sh_unit_start (unit);
      return;
    }
  unit->status.wanted = TRUE;
  end_worker (unit, AFTER_END_BEGIN, SH_UNIT_RESTARTING, now);
}

gboolean
sh_unit_has_worker (const ShUnit *unit)
{
  return unit->supervisor != NULL;
}

/* ---- what it does ---- */

/* Why it waits although there is a worker; the caller frees it. */
static char *
describe_missing (const ShUnit *unit)
{
  const ShUnitStatus *status = &unit->status;

  if (!unit->settings.predict)
    return g_strdup_printf ("the engine %s does not train a brain '%s': start "
                            "its training there",
                            status->engine, status->brain);
  if (unit->settings.version == 0)
    return g_strdup_printf ("the engine %s has no brain '%s' that can predict: "
                            "train one there",
                            status->engine, status->brain);
  return g_strdup_printf (
      "the engine %s has no version %u of a brain '%s' that "
      "can predict: name another",
      status->engine, unit->settings.version, status->brain);
}

static void
look_for_brain (ShUnit *unit)
{
  const gboolean missing = unit->count.missing && unit->status.n_connected == 0;
  g_autofree char *reason = NULL;

  if (!missing && unit->status.state != SH_UNIT_WAITING)
    return;
  reason = describe_missing (unit);
  if (missing)
    {
      wait_for (unit, reason);
      return;
    }
  /* What it waited for is no fault. */
  if (strcmp (unit->error, reason) == 0)
    set_error (unit, "");
  set_state (unit, SH_UNIT_CONNECTING);
}

static void
read_trouble (ShUnit *unit, ShWorker *worker)
{
  g_autofree char *trouble = sh_report_read_trouble (
      sh_worker_get_report (worker), &unit->count.position);

  if (trouble != NULL && trouble[0] != '\0' &&
      strcmp (trouble, unit->error) != 0)
    set_error (unit, trouble);
}

static void
read_episodes (ShUnit *unit, ShWorker *worker)
{
  GArray *episodes = unit->episodes;
  guint64 left_out = 0;
  guint n_told;

  g_array_set_size (episodes, 0);
  sh_unit_count_read_episodes (&unit->count, worker, episodes, &left_out,
                               &unit->status);
  n_told = MIN (episodes->len, SH_UNIT_MAX_EPISODES);
  left_out += episodes->len - n_told;
  if (unit->funcs->episodes != NULL && (n_told > 0 || left_out > 0))
    unit->funcs->episodes (unit,
                           (const ShReportEpisode *) (gpointer) episodes->data +
                               episodes->len - n_told,
                           n_told, left_out, unit->user_data);
}

/* Before it is forgotten what the worker has told. */
static void
read_report (ShUnit *unit, ShWorker *worker)
{
  read_trouble (unit, worker);
  read_episodes (unit, worker);
}

void
sh_unit_look (ShUnit *unit)
{
  ShWorker *worker = unit->supervisor != NULL
                         ? sh_supervisor_get_worker (unit->supervisor)
                         : NULL;
  ShUnitState state = unit->status.state;
  gboolean going = state == SH_UNIT_STARTING || state == SH_UNIT_WAITING ||
                   state == SH_UNIT_CONNECTING || state == SH_UNIT_RUNNING;

  if (worker == NULL)
    return;
  read_report (unit, worker);
  if (sh_unit_count_look (&unit->count, worker, unit->plugin,
                          unit->settings.simulator, &unit->status))
    tell_changed (unit);
  if (!going)
    return;
  look_for_brain (unit);
  if (unit->status.n_connected > 0)
    set_state (unit, SH_UNIT_RUNNING);
  else if (unit->status.state == SH_UNIT_WAITING)
    return;
  else if (state == SH_UNIT_RUNNING || unit->count.serving)
    set_state (unit, SH_UNIT_CONNECTING);
}

const ShUnitStatus *
sh_unit_get_status (const ShUnit *unit)
{
  return &unit->status;
}

char **
sh_unit_get_sim_ids (const ShUnit *unit)
{
  return sh_unit_count_dup_sim_ids (
      unit->supervisor != NULL ? sh_supervisor_get_worker (unit->supervisor)
                               : NULL);
}

guint64
sh_unit_get_memory (ShUnit *unit)
{
  gint64 now = g_get_monotonic_time ();

  if (unit->status.pid == 0)
    return 0;
  if (unit->memory_time == 0 || now - unit->memory_time >= G_USEC_PER_SEC)
    {
      unit->memory = sh_unit_count_read_memory (unit->status.pid);
      unit->memory_time = now;
    }
  return unit->memory;
}

const ShUnitLog *
sh_unit_get_log (const ShUnit *unit)
{
  return &unit->log;
}
