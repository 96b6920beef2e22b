/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The simulators that come with the project as tasks to learn: loaded straight
 * from their shared objects, without workers or protocol.
 */

#pragma once

#include "task.h"

typedef struct
{
  Task task;
  double goal; /* of the mean return */
  guint window; /* of so many episodes */
  guint64 n_iterations; /* after which trying is given up */
} PluginTask;

/* The `i`th there is; NULL after the last. */
const char *plugin_task_get_name (guint i);

/* Loads the simulator; NULL, with a line on stderr, when that fails. It stays
 * loaded. */
const PluginTask *plugin_task_load (const char *name);
