/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Projects and trainings as JSON.
 */

#include "sh-project-pages.h"

#include "sh-page-text.h"

static void
add_diagnostics (GString *text, const GPtrArray *diagnostics, gboolean warnings)
{
  sh_page_begin (text, warnings ? "warnings" : "errors", '[');
  for (guint i = 0; i < diagnostics->len; i++)
    {
      const ShDiagnostic *diagnostic = diagnostics->pdata[i];
      g_autofree char *whole = NULL;

      if (!diagnostic->warning != !warnings)
        continue;
      whole = diagnostic->hint != NULL
                  ? g_strdup_printf ("%s; %s", diagnostic->message,
                                     diagnostic->hint)
                  : g_strdup (diagnostic->message);
      sh_page_begin (text, NULL, '{');
      sh_page_add_string (text, "code",
                          warnings ? "InklingWarning" : "InklingError");
      sh_page_add_string (text, "text", whole);
      sh_page_add_int (text, "line", diagnostic->line);
      sh_page_add_int (text, "column", diagnostic->column);
      sh_page_end (text, '}');
    }
  sh_page_end (text, ']');
}

static void
add_compiled (GString *text, const ShCompiled *compiled)
{
  sh_page_add_bool (text, "success", sh_compiled_get_n_errors (compiled) == 0);
  add_diagnostics (text, compiled->diagnostics, FALSE);
  add_diagnostics (text, compiled->diagnostics, TRUE);
}

static void
add_files (GString *text, const char *name, const GPtrArray *files)
{
  sh_page_begin (text, name, '[');
  for (guint i = 0; i < files->len; i++)
    sh_page_add_item (text, ((const ShProjectFile *) files->pdata[i])->path);
  sh_page_end (text, ']');
}

char *
sh_pages_project (const char *user,
                  const char *name,
                  const char *description,
                  const GPtrArray *files,
                  const ShCompiled *compiled)
{
  GString *text = g_string_new (NULL);

  sh_page_begin (text, NULL, '{');
  sh_page_add_string (text, "name", name);
  sh_page_add_string (text, "description", description);
  sh_page_add_url (text, user, name, 0);
  add_files (text, "files", files);
  sh_page_begin (text, "ink_compile", '{');
  add_compiled (text, compiled);
  sh_page_add_string (
      text, "inkling_version",
      sh_program_find_version (compiled->text != NULL ? compiled->text : ""));
  sh_page_end (text, '}');
  sh_page_end (text, '}');
  return g_string_free (text, FALSE);
}

char *
sh_pages_compiled (const ShCompiled *compiled, gboolean with_text)
{
  GString *text = g_string_new (NULL);

  sh_page_begin (text, NULL, '{');
  if (with_text)
    sh_page_add_string (text, "ink_content",
                        compiled->text != NULL ? compiled->text : "");
  add_compiled (text, compiled);
  sh_page_add_string (text, "compiler_version", SIMHOST_VERSION);
  sh_page_end (text, '}');
  return g_string_free (text, FALSE);
}

char *
sh_pages_training (const char *user, const char *name, guint version)
{
  GString *text = g_string_new (NULL);
  g_autofree char *user_part = sh_page_escape (user);
  g_autofree char *brain_part = sh_page_escape (name);
  g_autofree char *brain = g_strdup_printf ("/v1/%s/%s", user_part, brain_part);
  g_autofree char *connect = g_strconcat (brain, "/sims/ws", NULL);
  g_autofree char *predictions =
      g_strdup_printf ("%s/%u/predictions/ws", brain, version);

  sh_page_begin (text, NULL, '{');
  sh_page_add_string (text, "user", user);
  sh_page_add_string (text, "name", name);
  sh_page_add_int (text, "version", version);
  sh_page_add_string (text, "brain_url", brain);
  sh_page_add_string (text, "simulator_connect_url", connect);
  sh_page_add_string (text, "simulator_predictions_url", predictions);
  sh_page_add_bool (text, "manage_simulator", FALSE);
  sh_page_add_string (text, "compiler_version", SIMHOST_VERSION);
  sh_page_end (text, '}');
  return g_string_free (text, FALSE);
}

char *
sh_pages_metric (ShMetric metric, const char *concept, const GArray *points)
{
  GString *text = g_string_new (NULL);

  sh_page_begin (text, NULL, '[');
  for (guint i = 0; i < points->len; i++)
    {
      const ShHistoryPoint *point = &g_array_index (points, ShHistoryPoint, i);

      sh_page_begin (text, NULL, '{');
      if (metric != SH_METRIC_ITERATIONS)
        {
          sh_page_add_int (text, "episode", point->episode);
          sh_page_add_string (text, "lesson", point->lesson);
          sh_page_add_string (text, "concept", concept);
          sh_page_add_int (text, "iteration", point->iteration);
        }
      sh_page_add_number (text, "value", point->value);
      sh_page_add_time (text, "time", point->time);
      sh_page_end (text, '}');
    }
  sh_page_end (text, ']');
  return g_string_free (text, FALSE);
}

char *
sh_pages_document (const char *name,
                   const char *description,
                   const GPtrArray *files)
{
  GString *text = g_string_new (NULL);

  sh_page_begin (text, NULL, '{');
  sh_page_add_string (text, "name", name);
  sh_page_add_string (text, "description", description);
  add_files (text, "project_accompanying_files", files);
  sh_page_end (text, '}');
  return g_string_free (text, FALSE);
}

char *
sh_pages_properties (void)
{
  return g_strdup (
      "{\"properties\":{\"workspace\":\"simhost\",\"isAdmin\":false}}");
}
