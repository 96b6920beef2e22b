/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a client sends to create a brain or to change its project: a JSON
 * document, or a multipart one with the project's files.
 *
 *   {"name", "description", "project_file": {"name", "content": {"files"}},
 *    "project_accompanying_files": [...]}
 */

#pragma once

#include <gio/gio.h>

#include "sh-history.h"
#include "sh-program.h"

G_BEGIN_DECLS

/* Bytes in the path of a file. */
#define SH_PUSH_MAX_PATH 255u

typedef struct
{
  char *name; /* NULL: not given */
  char *description; /* not NULL */
  gboolean has_files; /* a project, perhaps an empty one, is part of it */
  GPtrArray *files; /* ShProjectFile */
} ShPush;

void sh_push_free (ShPush *push);

/* `boundary` NULL: the body is the JSON document alone. Errors:
 * SH_ERROR_SYNTAX, SH_ERROR_LIMIT. */
ShPush *sh_push_read (const char *boundary, GBytes *body, GError **error);

/* A project as it is pushed: the body, and its Content-Type to be freed. */
GBytes *sh_push_write (const char *name,
                       const char *description,
                       const GPtrArray *files,
                       char **content_type);

/* Relative, with '/', without "." and ".."; SH_ERROR_SYNTAX. */
gboolean sh_push_check_path (const char *path, GError **error);

/* What the compiler says of a project. */
typedef struct
{
  const ShProjectFile *file; /* the program's; NULL: there is none */
  ShProgram *program; /* NULL: it cannot be trained */
  GPtrArray *diagnostics; /* ShDiagnostic */
  char *text; /* the program's text; NULL: there is none */
} ShCompiled;

/*
 * Compiles the program among `files` of brain `name`: `name`.ink, or else the
 * only one that ends in ".ink". No program is no error; several of which none
 * is named after the brain are.
 */
ShCompiled *sh_project_compile (const GPtrArray *files, const char *name);
void sh_compiled_free (ShCompiled *compiled);

/* Errors of the compiler. */
guint sh_compiled_get_n_errors (const ShCompiled *compiled);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPush, sh_push_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShCompiled, sh_compiled_free)

G_END_DECLS
