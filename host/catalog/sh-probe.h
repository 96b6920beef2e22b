/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One look at a plugin: a child, `simhost probe FILE.so`, loads it, checks it
 * and writes what it is, as JSON, to a descriptor that it inherits. Whatever
 * the plugin does there, it costs its parent SH_PROBE_DEADLINE at most.
 */

#pragma once

#include <gio/gio.h>

#include "sh-catalog.h"
#include "sh-json.h"

G_BEGIN_DECLS

/* Bytes of an answer. */
#define SH_PROBE_MAX_ANSWER (4u * 1024 * 1024)

typedef struct ShProbe ShProbe;

/*
 * `info`: what was found, never NULL; `answer`: its JSON, which is
 * {"failure":...} for a plugin that failed; `died`: the child crashed or hung.
 * The callee may free the probe.
 */
typedef void (*ShProbeDone) (ShProbe *probe,
                             ShPluginInfo *info,
                             const char *answer,
                             gboolean died,
                             gpointer data);

/* In the thread-default main context. Errors: SH_ERROR_FAILED when there is no
 * process or memory to be had. */
ShProbe *sh_probe_new (const char *path,
                       ShProbeDone done,
                       gpointer data,
                       GError **error);

/* Kills the child if it still runs. */
void sh_probe_free (ShProbe *probe);

/*
 * The child's part: loads `path` and writes the answer, a line, to the
 * descriptor that the parent gave, or, when there is none, to stdout. What the
 * plugin prints on stdout goes to stderr. FALSE with the error if the plugin is
 * not usable; a parent has been told. Main thread, before any other.
 */
gboolean sh_probe_run_child (const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShProbe, sh_probe_free)

G_END_DECLS
