/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Projects of brains, and exports: on this machine, and what both places share.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "brain-actions.h"
#include "cmd.h"
#include "sh-error.h"
#include "sh-json-text.h"
#include "sh-push.h"

void
sh_brain_tell (const ShBrainRequest *request,
               const char *event,
               guint version,
               const char *format,
               ...)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *text = NULL;
  va_list args;

  if (request->json)
    {
      g_string_append_printf (line, "{\"event\":\"%s\",\"brain\":", event);
      sh_json_text_append_string (line, request->name);
      if (version != 0)
        g_string_append_printf (line, ",\"version\":%u", version);
      puts (g_string_append_c (line, '}')->str);
      return;
    }
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  fprintf (stderr, "%s\n", text);
}

static gboolean
has_path (gconstpointer file, gconstpointer path)
{
  return strcmp (((const ShProjectFile *) file)->path, path) == 0;
}

GPtrArray *
sh_brain_read_files (const ShBrainRequest *request, GError **error)
{
  g_autoptr (GPtrArray) files =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_project_file_free);
  gsize size, total = 0;

  for (guint i = 0; i < request->n_files && total <= SH_HISTORY_MAX_PROJECT;
       i++)
    {
      const char *file = request->files[i];
      char *text =
          sh_cmd_read_file (file, SH_HISTORY_MAX_PROJECT, &size, error);
      g_autoptr (GBytes) content =
          text != NULL ? g_bytes_new_take (text, size) : NULL;
      /* A project keeps relative paths as they are. */
      g_autofree char *path = sh_push_check_path (file, NULL)
                                  ? g_strdup (file)
                                  : g_path_get_basename (file);

      if (content == NULL)
        return NULL;
      if (g_ptr_array_find_with_equal_func (files, path, has_path, NULL))
        {
          g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                       "the file '%s' is there twice", path);
          return NULL;
        }
      total += size;
      g_ptr_array_add (files, sh_project_file_new (path, content));
    }
  if (total <= SH_HISTORY_MAX_PROJECT && files->len <= SH_HISTORY_MAX_FILES)
    return g_steal_pointer (&files);
  g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
               "a project may have at most %u files and %u bytes",
               SH_HISTORY_MAX_FILES, SH_HISTORY_MAX_PROJECT);
  return NULL;
}

void
sh_brain_print_finding (const char *file,
                        gint64 line,
                        gint64 column,
                        const char *kind,
                        const char *text)
{
  fprintf (stderr, "%s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ": %s: %s\n",
           file, line, column, kind, text);
}

gboolean
sh_brain_fail_findings (guint n_errors, GError **error)
{
  g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX,
               "the program is stored, but cannot be trained: it has %u "
               "error%s",
               n_errors, n_errors == 1 ? "" : "s");
  return FALSE;
}

/* This machine. */

static gboolean
store_files (const ShBrainRequest *request,
             ShHistory *history,
             const GPtrArray *files,
             GError **error)
{
  g_autoptr (ShCompiled) compiled = sh_project_compile (files, request->name);
  const guint n_errors = sh_compiled_get_n_errors (compiled);

  if (!sh_history_set_files (history, request->name, files,
                             compiled->program != NULL, error))
    return FALSE;
  for (guint i = 0; i < compiled->diagnostics->len; i++)
    {
      const ShDiagnostic *found = compiled->diagnostics->pdata[i];

      sh_brain_print_finding (
          compiled->file != NULL ? compiled->file->path : request->name,
          found->line, found->column, found->warning ? "warning" : "error",
          found->message);
    }
  return n_errors == 0 || sh_brain_fail_findings (n_errors, error);
}

gboolean
sh_brain_create (const ShBrainRequest *request, GError **error)
{
  g_autoptr (GPtrArray) files = NULL, versions = NULL;
  g_autoptr (ShHistory) history = NULL;

  if (!sh_store_check_name (request->name, error))
    return FALSE;
  files = sh_brain_read_files (request, error);
  if (files == NULL)
    return FALSE;
  versions = sh_store_list (request->store, request->name, NULL);
  if (versions != NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_REFUSED,
                   "there is a brain '%s' already", request->name);
      return FALSE;
    }
  history = sh_history_open (request->store, TRUE, error);
  if (history == NULL ||
      !sh_history_create_brain (
          history, request->name,
          request->description != NULL ? request->description : "", error) ||
      (files->len > 0 && !store_files (request, history, files, error)))
    return FALSE;
  sh_brain_tell (request, "created", 0, "Created brain '%s'.", request->name);
  return TRUE;
}

gboolean
sh_brain_push (const ShBrainRequest *request, GError **error)
{
  g_autoptr (GPtrArray) files = sh_brain_read_files (request, error);
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (ShHistory) history = NULL;
  g_autoptr (ShHistoryBrain) known = NULL;
  g_autoptr (GError) own_error = NULL;

  if (files == NULL)
    return FALSE;
  history = sh_history_open (request->store, TRUE, error);
  if (history == NULL)
    return FALSE;
  known = sh_history_get_brain (history, request->name, NULL);
  versions = sh_store_list (request->store, request->name, &own_error);
  if (versions == NULL && (known == NULL || !known->has_project))
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  if (!store_files (request, history, files, error))
    return FALSE;
  sh_brain_tell (request, "pushed", 0, "Pushed %u file%s to brain '%s'.",
                 files->len, files->len == 1 ? "" : "s", request->name);
  return TRUE;
}

/* Exports. */

/* "lift.onnx" with a number is "lift-2.onnx". */
static char *
number_file (const char *file, guint number)
{
  const char *slash = strrchr (file, '/');
  const char *dot = strrchr (slash != NULL ? slash : file, '.');
  const gsize length = dot != NULL ? (gsize) (dot - file) : strlen (file);

  return g_strdup_printf ("%.*s-%u%s", (int) length, file, number,
                          file + length);
}

gboolean
sh_brain_write_export (const ShBrainRequest *request,
                       const GPtrArray *models,
                       char *const *names,
                       GError **error)
{
  for (guint i = 0; i < models->len; i++)
    {
      g_autofree char *file = models->len > 1
                                  ? number_file (request->files[0], i + 1)
                                  : g_strdup (request->files[0]);
      gsize size;
      gconstpointer data = g_bytes_get_data (models->pdata[i], &size);

      if (!sh_cmd_write_file (file, data, size, error))
        return FALSE;
      if (models->len > 1 && names != NULL)
        sh_brain_tell (request, "exported", request->version,
                       "Wrote %s, %" G_GSIZE_FORMAT " bytes: concept %s.", file,
                       size, names[i]);
      else
        sh_brain_tell (request, "exported", request->version,
                       "Wrote %s, %" G_GSIZE_FORMAT " bytes.", file, size);
    }
  return TRUE;
}

gboolean
sh_brain_export (const ShBrainRequest *request, GError **error)
{
  g_autoptr (ShBrain) brain =
      sh_store_load (request->store, request->name, request->version, error);

  return brain != NULL && sh_brain_write_export (request, brain->onnx,
                                                 brain->info->concepts, error);
}
