/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What one check is made of, and what it works with while it runs. A check is
 * a row of functions that are asked at the moments named here; the first
 * problem that one of them reports ends the run. For sh-conform*.c only.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

#include "sh-conform.h"
#include "sh-plugin.h"

G_BEGIN_DECLS

typedef struct ShConformRun ShConformRun;
typedef struct ShConformPlayer ShConformPlayer;

/* Functions that return text return a problem, which the caller frees, or NULL.
 * Each may be NULL. */
struct ShConform
{
  const char *id, *summary, *needs;

  /* Why it does not apply to this simulator; static text, NULL: it does. */
  const char *(*spare) (const SimhostSimulator *simulator);
  /* Before the plugin is loaded. */
  void (*begin) (ShConformRun *run);
  /* After each call into the plugin: has the process changed? */
  char *(*look) (ShConformRun *run);
  /* After a call of an instance that returned a status. */
  char *(*status) (ShConformPlayer *player, ShCall call, gint32 status);
  /* After get_state. */
  char *(*state) (ShConformPlayer *player);
  /* After a reward. */
  char *(*reward) (const SimhostReward *reward, double value);
  /* Tries a simulator; NULL: plays some episodes. */
  char *(*body) (ShConformRun *run, const SimhostSimulator *simulator);
  /* After the plugin was closed; frees what begin made. */
  char *(*end) (ShConformRun *run);
};

struct ShConformRun
{
  const ShConform *check;
  const char *path;
  guint64 seed;
  ShCallSlot *slot;
  ShPlugin *plugin;
  gpointer mark; /* of begin */
  guint n_states; /* seen */
  char *problem; /* the first */
};

/* The functions of the table's rows. */

void sh_conform_stdout_begin (ShConformRun *run);
char *sh_conform_stdout_look (ShConformRun *run);
char *sh_conform_stdout_end (ShConformRun *run);
void sh_conform_stderr_begin (ShConformRun *run);
char *sh_conform_stderr_look (ShConformRun *run);
char *sh_conform_stderr_end (ShConformRun *run);
void sh_conform_descriptors_begin (ShConformRun *run);
char *sh_conform_descriptors_look (ShConformRun *run);
char *sh_conform_descriptors_end (ShConformRun *run);

void sh_conform_locale_begin (ShConformRun *run);
char *sh_conform_locale_look (ShConformRun *run);
char *sh_conform_locale_end (ShConformRun *run);
void sh_conform_fp_begin (ShConformRun *run);
char *sh_conform_fp_look (ShConformRun *run);
char *sh_conform_fp_end (ShConformRun *run);
void sh_conform_signals_begin (ShConformRun *run);
char *sh_conform_signals_look (ShConformRun *run);
char *sh_conform_signals_end (ShConformRun *run);
void sh_conform_threads_begin (ShConformRun *run);
char *sh_conform_threads_end (ShConformRun *run);
void sh_conform_fork_begin (ShConformRun *run);
char *sh_conform_fork_look (ShConformRun *run);
char *sh_conform_fork_end (ShConformRun *run);

char *sh_conform_terminal (ShConformPlayer *player);
char *sh_conform_guards (ShConformPlayer *player);
char *sh_conform_finite (ShConformPlayer *player);
char *sh_conform_ranges (ShConformPlayer *player);
char *sh_conform_texts (ShConformPlayer *player);
char *sh_conform_reward (const SimhostReward *reward, double value);
char *sh_conform_status (ShConformPlayer *player, ShCall call, gint32 status);

char *sh_conform_created (ShConformPlayer *player, ShCall call, gint32 status);

char *sh_conform_describe (ShConformRun *run,
                           const SimhostSimulator *simulator);
char *sh_conform_create (ShConformRun *run, const SimhostSimulator *simulator);
char *sh_conform_finish (ShConformRun *run, const SimhostSimulator *simulator);
char *sh_conform_play (ShConformRun *run, const SimhostSimulator *simulator);
char *sh_conform_refusals (ShConformRun *run,
                           const SimhostSimulator *simulator);
char *sh_conform_properties (ShConformRun *run,
                             const SimhostSimulator *simulator);
char *sh_conform_repeats (ShConformRun *run, const SimhostSimulator *simulator);
char *sh_conform_two (ShConformRun *run, const SimhostSimulator *simulator);
char *sh_conform_render (ShConformRun *run, const SimhostSimulator *simulator);
char *sh_conform_snapshot (ShConformRun *run,
                           const SimhostSimulator *simulator);
char *sh_conform_leaks (ShConformRun *run, const SimhostSimulator *simulator);

G_END_DECLS
