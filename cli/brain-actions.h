/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What `simhost brain` does, with the brains of this machine or with those of a
 * running engine. Each prints its result, or with an error says why not.
 */

#pragma once

#include "remote.h"
#include "sh-history.h"
#include "sh-store.h"

G_BEGIN_DECLS

typedef struct
{
  ShStore *store;
  ShRemote *remote; /* NULL: this machine */
  char *name; /* NULL: not given */
  guint version; /* 0: not given */
  char **files; /* what follows the name; with `muscles` the number */
  guint n_files;
  const char *description; /* NULL: not given */
  const char *plot; /* NULL: not given */
  gboolean json;
} ShBrainRequest;

typedef gboolean (*ShBrainAction) (const ShBrainRequest *request,
                                   GError **error);

gboolean sh_brain_list (const ShBrainRequest *request, GError **error);
gboolean sh_brain_show (const ShBrainRequest *request, GError **error);
gboolean sh_brain_create (const ShBrainRequest *request, GError **error);
gboolean sh_brain_push (const ShBrainRequest *request, GError **error);
gboolean sh_brain_delete (const ShBrainRequest *request, GError **error);
gboolean sh_brain_export (const ShBrainRequest *request, GError **error);
gboolean sh_brain_stop (const ShBrainRequest *request, GError **error);
gboolean sh_brain_muscles (const ShBrainRequest *request, GError **error);

gboolean sh_brain_remote_list (const ShBrainRequest *request, GError **error);
gboolean sh_brain_remote_show (const ShBrainRequest *request, GError **error);
gboolean sh_brain_remote_create (const ShBrainRequest *request, GError **error);
gboolean sh_brain_remote_push (const ShBrainRequest *request, GError **error);
gboolean sh_brain_remote_start (const ShBrainRequest *request, GError **error);
gboolean sh_brain_remote_stop (const ShBrainRequest *request, GError **error);
gboolean sh_brain_remote_resume (const ShBrainRequest *request, GError **error);
gboolean sh_brain_remote_delete (const ShBrainRequest *request, GError **error);
gboolean sh_brain_remote_export (const ShBrainRequest *request, GError **error);

/* {"event": "created", "brain": NAME, "version": N}, or the text for people on
 * stderr. version 0: of none. */
void sh_brain_tell (const ShBrainRequest *request,
                    const char *event,
                    guint version,
                    const char *format,
                    ...) G_GNUC_PRINTF (4, 5);

/* The files that the request names, as ShProjectFile. */
GPtrArray *sh_brain_read_files (const ShBrainRequest *request, GError **error);

/* Writes `models`, GBytes, to the request's file; several, each of a concept, to
 * files with a number in their names: FILE-1.onnx and so on. `names`: of their
 * concepts; or NULL. */
gboolean sh_brain_write_export (const ShBrainRequest *request,
                                const GPtrArray *models,
                                char *const *names,
                                GError **error);

/* A line for a finding of the compiler, on stderr. */
void sh_brain_print_finding (const char *file,
                             gint64 line,
                             gint64 column,
                             const char *kind,
                             const char *text);

/* Says that a program that was stored cannot be trained; FALSE. */
gboolean sh_brain_fail_findings (guint n_errors, GError **error);

G_END_DECLS
