/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Who answers what, and the pages that are only read.
 */

#include "sh-rest.h"

#include <string.h>

#include "sh-error.h"
#include "sh-metrics-page.h"
#include "sh-pages.h"
#include "sh-project-pages.h"
#include "sh-prometheus.h"
#include "sh-push.h"
#include "sh-respond.h"
#include "sh-rest-private.h"

/* Simulators are looked for before a training begins, too. */
static void
get_sims (const ShRequest *request, const ShServedBrain *brain)
{
  ShHistory *history = sh_registry_get_history (request->rest->registry, NULL);
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (ShCompiled) compiled = NULL;
  const char *pushed = NULL;

  if (history != NULL && brain->known != NULL && brain->known->loaded)
    files = sh_history_get_files (history, brain->name, NULL);
  if (files != NULL)
    compiled = sh_project_compile (files, brain->name);
  if (compiled != NULL && compiled->program != NULL)
    pushed = compiled->program->concepts[compiled->program->output].source.name;
  sh_respond (request->message, SOUP_STATUS_OK, sh_pages_sims (brain, pushed));
}

static void
get_page (const ShRequest *request)
{
  const char *user = request->route->user;
  g_autoptr (ShServedBrain) brain = sh_request_find_brain (request);

  if (brain == NULL)
    return;
  switch (request->route->kind)
    {
    case SH_ROUTE_STATUS:
      sh_respond (request->message, SOUP_STATUS_OK,
                  sh_pages_status (user, brain));
      break;
    case SH_ROUTE_SIMS:
      get_sims (request, brain);
      break;
    default:
      sh_respond (request->message, SOUP_STATUS_OK,
                  sh_pages_brain (user, brain));
      break;
    }
}

static void
get_user (const ShRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) brains =
      sh_registry_get_brains (request->rest->registry, &error);

  if (sh_request_check (request, brains != NULL, &error))
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_user (request->route->user, brains));
}

static void
get_prometheus (const ShRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) page = NULL;
  char *text = sh_metrics_page (request->rest->registry, &error);

  if (!sh_request_check (request, text != NULL, &error))
    return;
  page = g_bytes_new_take (text, strlen (text));
  sh_respond_bytes (request->message, SH_PROMETHEUS_TYPE, page);
}

static void
handle_brain (const ShRequest *request)
{
  const char *method = request->method;

  if (strcmp (method, "DELETE") == 0)
    sh_rest_delete_brain (request);
  else if (strcmp (method, "PUT") == 0 && request->file != NULL)
    sh_rest_put_file (request);
  else if (strcmp (method, "PUT") == 0)
    sh_rest_push_project (request);
  else if (request->file != NULL)
    sh_rest_get_file (request);
  else if (sh_request_wants_project (request))
    sh_rest_get_project (request);
  else
    get_page (request);
}

void
sh_rest_handle (const ShRequest *request)
{
  switch (request->route->kind)
    {
    case SH_ROUTE_USER:
      get_user (request);
      break;
    case SH_ROUTE_PROMETHEUS:
      get_prometheus (request);
      break;
    case SH_ROUTE_PROPERTIES:
      sh_respond (request->message, SOUP_STATUS_OK, sh_pages_properties ());
      break;
    case SH_ROUTE_GALLERY:
      sh_rest_get_gallery (request);
      break;
    case SH_ROUTE_BRAINS:
      sh_rest_create_brain (request);
      break;
    case SH_ROUTE_BRAIN:
      handle_brain (request);
      break;
    case SH_ROUTE_INK:
      if (strcmp (request->method, "POST") == 0)
        sh_rest_post_ink (request);
      else
        sh_rest_get_ink (request);
      break;
    case SH_ROUTE_START:
      sh_rest_start_training (request);
      break;
    case SH_ROUTE_STOP:
      sh_rest_stop_training (request);
      break;
    case SH_ROUTE_RESUME:
      sh_rest_resume_training (request);
      break;
    case SH_ROUTE_METRICS:
      sh_rest_get_metric (request);
      break;
    case SH_ROUTE_POLICY:
      sh_rest_get_policy (request);
      break;
    default:
      get_page (request);
      break;
    }
}
