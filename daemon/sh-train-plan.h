/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a training that a client asks for is to be, checked before a process is
 * started for it: options, then the program, then the simulator.
 */

#pragma once

#include <gio/gio.h>

#include "sh-brain-summary.h"
#include "sh-plugin-objects.h"
#include "sh-program.h"

G_BEGIN_DECLS

typedef struct
{
  char *brain; /* NULL: the program's concept, until it is compiled */
  char *
      simulator; /* NULL: the one that the program names, until it is checked */
  gboolean is_given; /* the simulator, and not by the program */
  char *from; /* "BRAIN" or "BRAIN:VERSION"; NULL: from nothing */
  gboolean resume; /* goes on with the brain's newest version */
  guint64 seed;
  guint muscles, instances; /* 0: as simhost train has it */
  char *text; /* of the program; NULL: the brain's, until it is compiled */
  ShProgram *program;
  const ShConcept *concept; /* of `program`: what is learnt */
} ShTrainPlan;

/* For Manager.Train. Errors: SH_ERROR_USAGE, SH_ERROR_LIMIT. */
ShTrainPlan *
sh_train_plan_new (const char *curriculum, GVariant *options, GError **error);
/* For Brain.Train; only names are taken of the brain. Errors likewise. */
ShTrainPlan *sh_train_plan_new_resumed (const ShBrainSummary *brain,
                                        GVariant *options,
                                        GError **error);

/* Blocks on files and compiles; any thread, with nobody else at the plan. Errors:
 * SH_ERROR_SYNTAX with the first one of the program, SH_ERROR_USAGE, those of
 * sh_store_load_program. */
gboolean sh_train_plan_compile (ShTrainPlan *plan, GError **error);

/* Once compiled: whether the simulator is there and fits. Errors:
 * SH_ERROR_NOT_FOUND, SH_ERROR_PLUGIN, SH_ERROR_SCHEMA, SH_ERROR_USAGE. */
gboolean sh_train_plan_check (const ShTrainPlan *plan,
                              ShPluginObjects *plugins,
                              GError **error);

/* Those of `simhost`, for a program in `file`: "train", FILE and so on. */
char **sh_train_plan_get_arguments (const ShTrainPlan *plan, const char *file);

void sh_train_plan_free (ShTrainPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShTrainPlan, sh_train_plan_free)

G_END_DECLS
