/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Trainings over HTTP, and what came of them.
 */

#include "sh-error.h"
#include "sh-project-pages.h"
#include "sh-push.h"
#include "sh-respond.h"
#include "sh-rest-private.h"

static void
respond_training (const ShRequest *request)
{
  g_autoptr (ShServedBrain) brain = sh_request_find_brain (request);

  if (brain != NULL)
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_training (request->route->user, brain->name,
                                   sh_served_brain_get_version (brain)));
}

/* FALSE with an answer: there is no program that can be trained. */
static gboolean
check_program (const ShRequest *request, const ShCompiled *compiled)
{
  const ShDiagnostic *first = NULL;

  if (compiled->program != NULL)
    return TRUE;
  for (guint i = 0; i < compiled->diagnostics->len && first == NULL; i++)
    if (!((const ShDiagnostic *) compiled->diagnostics->pdata[i])->warning)
      first = compiled->diagnostics->pdata[i];
  if (first == NULL)
    sh_respond_error (request->message, SOUP_STATUS_BAD_REQUEST, "NoInkling",
                      "brain '%s' has no program; push one first",
                      request->route->brain);
  else
    sh_respond_error (request->message, SOUP_STATUS_BAD_REQUEST, "InklingError",
                      "the program of brain '%s' has errors; the first, in "
                      "line %u, column %u: %s",
                      request->route->brain, first->line, first->column,
                      first->message);
  return FALSE;
}

void
sh_rest_start_training (const ShRequest *request)
{
  ShRegistry *registry = request->rest->registry;
  g_autoptr (ShServedBrain) brain = sh_request_find_brain (request);
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (ShCompiled) compiled = NULL;
  g_autoptr (GError) error = NULL;

  if (brain == NULL)
    return;
  if (sh_served_brain_is_training (brain))
    {
      sh_respond_error (request->message, SOUP_STATUS_CONFLICT,
                        "BrainInTraining", "brain '%s' is in training already",
                        brain->name);
      return;
    }
  files = sh_request_get_files (request, brain);
  if (files == NULL)
    return;
  compiled = sh_project_compile (files, brain->name);
  if (!check_program (request, compiled))
    return;
  sh_status_hub_tell_state (request->rest->status_hub, brain->name, "Starting");
  if (sh_request_check (
          request,
          sh_registry_train (registry, brain->name, compiled->program,
                             request->rest->seed, TRUE, &error) != NULL,
          &error))
    {
      sh_status_hub_tell_start (request->rest->status_hub, brain->name);
      respond_training (request);
    }
}

void
sh_rest_stop_training (const ShRequest *request)
{
  g_autoptr (ShServedBrain) brain = sh_request_find_brain (request);
  g_autoptr (GError) error = NULL;

  if (brain != NULL &&
      sh_request_check (
          request,
          sh_registry_stop (request->rest->registry, brain->name, &error),
          &error))
    respond_training (request);
}

/* FALSE with an answer: there is nothing to go on with. */
static gboolean
check_saved (const ShRequest *request, const ShServedBrain *brain)
{
  if (brain->versions->len > 0 || sh_served_brain_is_training (brain))
    return TRUE;
  sh_respond_error (request->message, SOUP_STATUS_NOT_FOUND, "BrainNotFound",
                    "brain '%s' has no version that was saved; start a "
                    "training",
                    brain->name);
  return FALSE;
}

void
sh_rest_resume_training (const ShRequest *request)
{
  g_autoptr (ShServedBrain) brain = sh_request_find_brain (request);
  g_autoptr (GError) error = NULL;

  if (brain != NULL && check_saved (request, brain) &&
      sh_request_check (request,
                        sh_registry_resume (request->rest->registry,
                                            brain->name,
                                            request->route->version, &error),
                        &error))
    {
      sh_status_hub_tell_start (request->rest->status_hub, brain->name);
      respond_training (request);
    }
}

void
sh_rest_delete_brain (const ShRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (sh_request_check (request,
                        sh_registry_delete (request->rest->registry,
                                            request->route->brain, &error),
                        &error))
    sh_respond (request->message, SOUP_STATUS_OK, g_strdup ("{}"));
}

/* FALSE with an answer: there is no such version. */
static gboolean
check_version (const ShRequest *request, const ShServedBrain *brain)
{
  const guint version = request->route->version;

  if (version == 0 ||
      (brain->hub != NULL && brain->training_version == version))
    return TRUE;
  for (guint i = 0; i < brain->versions->len; i++)
    if (((const ShBrainInfo *) brain->versions->pdata[i])->version == version)
      return TRUE;
  sh_respond_error (request->message, SOUP_STATUS_NOT_FOUND, "VersionNotFound",
                    "brain '%s' has no version %u", brain->name, version);
  return FALSE;
}

void
sh_rest_get_metric (const ShRequest *request)
{
  g_autoptr (ShServedBrain) brain = sh_request_find_brain (request);
  g_autoptr (ShHistoryRun) run = NULL;
  g_autoptr (GArray) points = NULL;
  g_autoptr (GError) error = NULL;
  ShHistory *history;

  if (brain == NULL || !check_version (request, brain))
    return;
  history = sh_request_find_history (request);
  if (history == NULL)
    return;
  sh_registry_flush (request->rest->registry, brain->name);
  run = sh_history_get_run (history, brain->name, request->route->version,
                            &error);
  if (!sh_request_check (request, error == NULL, &error))
    return;
  points = run != NULL ? sh_history_get_points (history, run->id,
                                                request->route->metric, &error)
                       : g_array_new (FALSE, FALSE, sizeof (ShHistoryPoint));
  if (sh_request_check (request, points != NULL, &error))
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_metric (request->route->metric,
                                 run != NULL ? run->concept : "", points));
}

/* The policy as a file that other programs can run. */
void
sh_rest_get_policy (const ShRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) onnx = sh_registry_load_onnx (
      request->rest->registry, request->route->brain, request->route->version,
      request->route->number, &error);

  if (sh_request_check (request, onnx != NULL, &error))
    sh_respond_bytes (request->message, "application/octet-stream", onnx);
}
