/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The JSON documents about projects and trainings. Each is a new text; free it
 * with g_free.
 */

#pragma once

#include <glib.h>

#include "sh-history.h"
#include "sh-push.h"

G_BEGIN_DECLS

/* {name, description, url, files, ink_compile: {success, errors, warnings,
 *  inkling_version}} */
char *sh_pages_project (const char *user,
                        const char *name,
                        const char *description,
                        const GPtrArray *files,
                        const ShCompiled *compiled);

/* {success, errors, warnings, compiler_version}; with `ink_content` if
 * `with_text`. */
char *sh_pages_compiled (const ShCompiled *compiled, gboolean with_text);

/* {user, name, version, brain_url, simulator_connect_url,
 *  simulator_predictions_url, manage_simulator, compiler_version} */
char *sh_pages_training (const char *user, const char *name, guint version);

/* [{episode, lesson, concept, value, iteration, time}], or for the metric of
 * iterations [{value, time}]. */
char *
sh_pages_metric (ShMetric metric, const char *concept, const GArray *points);

/* What a project is pushed as: its document, which says what files there are. */
char *sh_pages_document (const char *name,
                         const char *description,
                         const GPtrArray *files);

char *sh_pages_properties (void);

G_END_DECLS
