/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The table of checks, and how one is run.
 */

#include "sh-conform-run.h"
#include "sh-loop.h"

#include <simhost/render.h>
#include <simhost/snapshot.h>
#include <unistd.h>

static char *
load_only (ShConformRun *run, const SimhostSimulator *simulator)
{
  return NULL;
}

static const char *
spare_without_loop (const SimhostSimulator *simulator)
{
  return !sh_simulator_has_loop (simulator) ? "it has no loop of its own"
                                            : NULL;
}

static const char *
spare_with_loop (const SimhostSimulator *simulator)
{
  return sh_simulator_has_loop (simulator)
             ? "its loop has a thread of its own, and hands over copies"
             : NULL;
}

static const char *
spare_program (const SimhostSimulator *simulator)
{
  return sh_simulator_is_external (simulator)
             ? "a program says itself which episodes there are"
             : NULL;
}

static const char *
spare_by_chance (const SimhostSimulator *simulator)
{
  if (sh_simulator_is_external (simulator))
    return spare_program (simulator);
  return simulator->flags & SIMHOST_SIMULATOR_NONDETERMINISTIC
             ? "the simulator says that equal seeds do not give equal episodes"
             : NULL;
}

static const char *
spare_without_config (const SimhostSimulator *simulator)
{
  return simulator->config.n_fields == 0 ? "there is nothing to configure"
                                         : NULL;
}

static const char *
spare_without_rewards (const SimhostSimulator *simulator)
{
  return simulator->n_rewards == 0 ? "there are no rewards" : NULL;
}

static gboolean
has_extension (const SimhostSimulator *simulator, const char *id)
{
  return simulator->get_extension != NULL &&
         simulator->get_extension (id) != NULL;
}

static const char *
spare_without_render (const SimhostSimulator *simulator)
{
  return has_extension (simulator, SIMHOST_RENDER_ID)
             ? NULL
             : "the simulator does not have " SIMHOST_RENDER_ID;
}

static const char *
spare_without_snapshot (const SimhostSimulator *simulator)
{
  if (!has_extension (simulator, SIMHOST_SNAPSHOT_ID))
    return "the simulator does not have " SIMHOST_SNAPSHOT_ID;
  return spare_by_chance (simulator);
}

static const ShConform checks[] = {
  { .id = "loads",
    .summary = "loads, describes itself by sound tables, and closes",
    .body = load_only },
  { .id = "describes",
    .summary = "says the same when asked again, and has sound defaults",
    .needs = "loads",
    .body = sh_conform_describe },
  { .id = "create-destroy",
    .summary = "instances come and go",
    .needs = "loads",
    .status = sh_conform_created,
    .body = sh_conform_create },
  { .id = "episode",
    .summary = "plays episodes, to their end and cut short",
    .needs = "create-destroy",
    .state = sh_conform_terminal },
  { .id = "loop-returns",
    .summary = "its loop returns when it is told to, also within an episode",
    .needs = "create-destroy",
    .spare = spare_without_loop,
    .body = sh_conform_finish },
  { .id = "statuses",
    .summary = "does without complaint what its schemas allow",
    .needs = "episode",
    .status = sh_conform_status,
    .body = sh_conform_refusals },
  { .id = "quiet",
    .summary = "does not flood the log or stderr",
    .needs = "statuses",
    .begin = sh_conform_stderr_begin,
    .look = sh_conform_stderr_look,
    .end = sh_conform_stderr_end },
  { .id = "within-struct",
    .summary = "writes nowhere but into the state struct",
    .needs = "episode",
    .spare = spare_with_loop,
    .state = sh_conform_guards },
  { .id = "finite-state",
    .summary = "numbers of the state are finite",
    .needs = "episode",
    .state = sh_conform_finite },
  { .id = "declared-ranges",
    .summary = "numbers of the state are such as the schema declares",
    .needs = "episode",
    .state = sh_conform_ranges },
  { .id = "texts-and-images",
    .summary = "texts of the state end and are UTF-8, images have pixels",
    .needs = "episode",
    .state = sh_conform_texts },
  { .id = "finite-rewards",
    .summary = "rewards are finite",
    .needs = "episode",
    .spare = spare_without_rewards,
    .reward = sh_conform_reward },
  { .id = "set-properties",
    .summary = "takes its defaults, and configs from its ranges",
    .needs = "episode",
    .spare = spare_without_config,
    .body = sh_conform_properties },
  { .id = "seed-repeats",
    .summary = "equal seeds and actions give equal episodes",
    .needs = "statuses",
    .spare = spare_by_chance,
    .body = sh_conform_repeats },
  { .id = "two-instances",
    .summary = "an instance does not feel another beside it",
    .needs = "statuses",
    .spare = spare_program,
    .body = sh_conform_two },
  { .id = "render",
    .summary = "draws frames of every size, and only looks on",
    .needs = "two-instances",
    .spare = spare_without_render,
    .body = sh_conform_render },
  { .id = "snapshot",
    .summary = "a restored instance goes on as the saved one; other bytes are "
               "refused",
    .needs = "two-instances",
    .spare = spare_without_snapshot,
    .body = sh_conform_snapshot },
  { .id = "no-leaks",
    .summary = "memory does not grow from episode to episode",
    .needs = "quiet",
    .body = sh_conform_leaks },
  { .id = "no-stdout",
    .summary = "prints nothing on stdout",
    .needs = "episode",
    .begin = sh_conform_stdout_begin,
    .look = sh_conform_stdout_look,
    .end = sh_conform_stdout_end },
  { .id = "locale-kept",
    .summary = "leaves the locale as it is",
    .needs = "episode",
    .begin = sh_conform_locale_begin,
    .look = sh_conform_locale_look,
    .end = sh_conform_locale_end },
  { .id = "fp-mode-kept",
    .summary = "leaves the floating-point mode as it is",
    .needs = "episode",
    .spare = spare_with_loop,
    .begin = sh_conform_fp_begin,
    .look = sh_conform_fp_look,
    .end = sh_conform_fp_end },
  { .id = "signal-handlers-kept",
    .summary = "leaves signals as they are",
    .needs = "episode",
    .begin = sh_conform_signals_begin,
    .look = sh_conform_signals_look,
    .end = sh_conform_signals_end },
  { .id = "descriptors-kept",
    .summary = "closes no descriptor of others, and all of its own",
    .needs = "episode",
    .begin = sh_conform_descriptors_begin,
    .look = sh_conform_descriptors_look,
    .end = sh_conform_descriptors_end },
  { .id = "no-threads-left",
    .summary = "leaves no thread behind",
    .needs = "episode",
    .begin = sh_conform_threads_begin,
    .end = sh_conform_threads_end },
  { .id = "no-fork",
    .summary = "starts no process",
    .needs = "episode",
    .begin = sh_conform_fork_begin,
    .look = sh_conform_fork_look,
    .end = sh_conform_fork_end },
};

const ShConform *
sh_conform_get (guint index)
{
  return index < G_N_ELEMENTS (checks) ? &checks[index] : NULL;
}

const ShConform *
sh_conform_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (g_str_equal (checks[i].id, id))
      return &checks[i];
  return NULL;
}

const char *
sh_conform_get_id (const ShConform *check)
{
  return check->id;
}

const char *
sh_conform_get_summary (const ShConform *check)
{
  return check->summary;
}

const char *
sh_conform_get_needs (const ShConform *check)
{
  return check->needs;
}

const char *
sh_conform_verdict_to_string (ShConformVerdict verdict)
{
  static const char *const names[] = {
    [SH_CONFORM_PASS] = "pass",
    [SH_CONFORM_FAIL] = "fail",
    [SH_CONFORM_NOT_APPLICABLE] = "not-applicable",
  };

  return names[verdict];
}

void
sh_conform_result_clear (ShConformResult *result)
{
  g_clear_pointer (&result->reason, g_free);
}

/* Takes the problem; the first one stays. */
static void
note (ShConformRun *run, const char *where, char *problem)
{
  if (problem != NULL && run->problem == NULL)
    run->problem = g_strconcat (where, problem, NULL);
  g_free (problem);
}

static void
look (ShConformRun *run, const char *where)
{
  if (run->problem == NULL && run->check->look != NULL)
    note (run, where, run->check->look (run));
}

static void
try_simulator (ShConformRun *run, const SimhostSimulator *simulator)
{
  g_autofree char *where =
      g_strdup_printf ("simulator '%s': ", simulator->name);
  g_autofree char *found = NULL;
  char *problem = run->check->body != NULL ? run->check->body (run, simulator)
                                           : sh_conform_play (run, simulator);

  /* What the player found came first, and does not name the simulator. */
  found = g_steal_pointer (&run->problem);
  if (found != NULL)
    g_free (problem);
  note (run, where, found != NULL ? g_steal_pointer (&found) : problem);
}

/* Returns why it does not apply to any simulator, or NULL. */
static const char *
try_simulators (ShConformRun *run, ShConformProgress progress, gpointer data)
{
  const char *spared = NULL;
  guint n = sh_plugin_get_n_simulators (run->plugin), n_tried = 0;

  for (guint i = 0; i < n && run->problem == NULL; i++)
    {
      const SimhostSimulator *simulator =
          sh_plugin_get_simulator (run->plugin, i);
      const char *reason = NULL;

      if (run->check->spare != NULL)
        {
          /* It may ask for extensions. */
          sh_call_slot_enter (run->slot, SH_CALL_EXTENSION);
          reason = run->check->spare (simulator);
          sh_call_slot_leave (run->slot);
        }
      if (reason != NULL)
        {
          spared = reason;
          continue;
        }
      n_tried++;
      if (progress != NULL)
        progress (simulator->name, data);
      try_simulator (run, simulator);
    }
  if (n_tried == 0)
    return spared;
  return run->check->state != NULL && run->n_states == 0
             ? "no episode could begin"
             : NULL;
}

ShConformResult
sh_conform_run (const ShConform *check,
                const char *path,
                guint64 seed,
                ShCallSlot *slot,
                ShConformProgress progress,
                gpointer data)
{
  ShConformRun run = {
    .check = check, .path = path, .seed = seed, .slot = slot
  };
  g_autoptr (GError) error = NULL;
  const char *spared = NULL;

  if (check->begin != NULL)
    check->begin (&run);
  run.plugin = sh_plugin_load_watched (path, slot, &error);
  look (&run, "load, init or get_simulator: ");
  if (run.plugin != NULL && run.problem == NULL)
    spared = try_simulators (&run, progress, data);
  if (run.plugin == NULL)
    note (&run, "", g_strdup (error->message));
  sh_plugin_close (run.plugin);
  look (&run, "deinit: ");
  if (check->end != NULL)
    note (&run, "", check->end (&run));
  if (run.problem != NULL)
    return (ShConformResult){ SH_CONFORM_FAIL, run.problem };
  return spared != NULL
             ? (ShConformResult){ SH_CONFORM_NOT_APPLICABLE, g_strdup (spared) }
             : (ShConformResult){ SH_CONFORM_PASS, NULL };
}
