/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A function for each thing that can be asked for.
 */

#include "sh-rest.h"

#include <string.h>

#include "sh-error.h"
#include "sh-gallery.h"
#include "sh-json-text.h"
#include "sh-metrics-page.h"
#include "sh-pages.h"
#include "sh-project-pages.h"
#include "sh-prometheus.h"
#include "sh-push.h"
#include "sh-respond.h"

typedef struct
{
  const ShRest *rest;
  SoupServerMessage *message;
  const ShRoute *route;
  const char *file; /* ?file=; NULL: not given */
} Request;

/* The body, which the server has bounded. */
static GBytes *
get_body (const Request *request)
{
  SoupMessageBody *body =
      soup_server_message_get_request_body (request->message);

  return soup_message_body_flatten (body);
}

/* The boundary of a multipart body; NULL: it is none. */
static char *
get_boundary (const Request *request)
{
  GHashTable *parameters = NULL;
  const char *type = soup_message_headers_get_content_type (
      soup_server_message_get_request_headers (request->message), &parameters);
  char *boundary = NULL;

  if (type != NULL && g_ascii_strncasecmp (type, "multipart/", 10) == 0)
    {
      const char *value = g_hash_table_lookup (parameters, "boundary");

      boundary = g_strdup (value != NULL ? value : "");
    }
  g_clear_pointer (&parameters, g_hash_table_unref);
  return boundary;
}

/* Answers with the error if it is not done. The error is read here, after all
 * arguments have been worked out. */
static gboolean
check (const Request *request, gboolean done, GError *const *error)
{
  if (!done)
    sh_respond_gerror (request->message, *error);
  return done;
}

static ShServedBrain *
find_brain (const Request *request)
{
  g_autoptr (GError) error = NULL;
  ShServedBrain *brain = sh_registry_get_brain (request->rest->registry,
                                                request->route->brain, &error);

  check (request, brain != NULL, &error);
  return brain;
}

static ShHistory *
find_history (const Request *request)
{
  g_autoptr (GError) error = NULL;
  ShHistory *history =
      sh_registry_get_history (request->rest->registry, &error);

  check (request, history != NULL, &error);
  return history;
}

/* Projects. */

/* The files of a brain; of one that was trained from a file, its program. */
static GPtrArray *
get_files (const Request *request, const ShServedBrain *brain)
{
  ShHistory *history = find_history (request);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = NULL;

  if (history == NULL)
    return NULL;
  files = sh_history_get_files (history, brain->name, &error);
  if (!check (request, files != NULL, &error))
    return NULL;
  if (files->len == 0)
    {
      g_autofree char *path = g_strconcat (brain->name, ".ink", NULL);
      g_autofree char *text =
          sh_registry_dup_program (request->rest->registry, brain->name);

      if (text != NULL)
        {
          g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));

          g_ptr_array_add (files, sh_project_file_new (path, content));
        }
    }
  return g_steal_pointer (&files);
}

static gsize
get_total_size (const GPtrArray *files)
{
  gsize total = 0;

  for (guint i = 0; i < files->len; i++)
    total += g_bytes_get_size (((ShProjectFile *) files->pdata[i])->content);
  return total;
}

/* Stores a project; its compiler's findings, or NULL with an answer. */
static ShCompiled *
store_project (const Request *request, const char *name, const GPtrArray *files)
{
  ShHistory *history = find_history (request);
  g_autoptr (ShCompiled) compiled = NULL;
  g_autoptr (GError) error = NULL;

  if (history == NULL)
    return NULL;
  if (get_total_size (files) > SH_HISTORY_MAX_PROJECT)
    {
      sh_respond_error (request->message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
                        "RequestTooLarge",
                        "a project may have at most %u bytes",
                        SH_HISTORY_MAX_PROJECT);
      return NULL;
    }
  compiled = sh_project_compile (files, name);
  if (!check (request,
              sh_history_set_files (history, name, files,
                                    compiled->program != NULL, &error),
              &error))
    return NULL;
  sh_status_hub_tell_files (request->rest->status_hub, name, files);
  return g_steal_pointer (&compiled);
}

/* Only letters, digits and dashes, as on the original platform. */
static gboolean
check_new_name (const Request *request, const char *name)
{
  gboolean good = name != NULL && sh_store_check_name (name, NULL) &&
                  strchr (name, '_') == NULL &&
                  g_ascii_strcasecmp (name, "brains") != 0;

  if (!good)
    sh_respond_error (request->message, SOUP_STATUS_BAD_REQUEST, "InvalidName",
                      "'%.80s' cannot be a brain's name: it may have 1 to %u "
                      "letters, digits and '-'",
                      name != NULL ? name : "", SH_STORE_MAX_NAME);
  return good;
}

static ShPush *
read_push (const Request *request)
{
  g_autofree char *boundary = get_boundary (request);
  g_autoptr (GBytes) body = get_body (request);
  g_autoptr (GError) error = NULL;
  ShPush *push = sh_push_read (boundary, body, &error);

  check (request, push != NULL, &error);
  return push;
}

static void
create_brain (const Request *request)
{
  g_autoptr (ShPush) push = read_push (request);
  g_autoptr (ShCompiled) compiled = NULL;
  g_autoptr (ShServedBrain) brain = NULL;
  g_autoptr (GError) error = NULL;
  ShHistory *history;

  if (push == NULL || !check_new_name (request, push->name))
    return;
  history = find_history (request);
  if (history == NULL)
    return;
  brain = sh_registry_get_brain (request->rest->registry, push->name, NULL);
  if (brain != NULL)
    {
      sh_respond_error (request->message, SOUP_STATUS_CONFLICT, "BrainExists",
                        "there is a brain '%s' already", brain->name);
      return;
    }
  if (!check (request,
              sh_history_create_brain (history, push->name, push->description,
                                       &error),
              &error))
    return;
  compiled = push->has_files ? store_project (request, push->name, push->files)
                             : sh_project_compile (push->files, push->name);
  if (compiled != NULL)
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_project (request->route->user, push->name,
                                  push->description, push->files, compiled));
}

/* FALSE with an answer: the brain's project may not be changed now. */
static gboolean
check_not_training (const Request *request, const ShServedBrain *brain)
{
  if (!sh_served_brain_is_training (brain))
    return TRUE;
  sh_respond_error (request->message, SOUP_STATUS_CONFLICT, "BrainInTraining",
                    "brain '%s' is in training; stop it before you push",
                    brain->name);
  return FALSE;
}

static void
push_project (const Request *request)
{
  g_autoptr (ShServedBrain) brain = find_brain (request);
  g_autoptr (ShPush) push = NULL;
  g_autoptr (ShCompiled) compiled = NULL;

  if (brain == NULL || !check_not_training (request, brain))
    return;
  push = read_push (request);
  if (push == NULL)
    return;
  compiled = store_project (request, brain->name, push->files);
  if (compiled != NULL)
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_project (request->route->user, brain->name,
                                  brain->known != NULL
                                      ? brain->known->description
                                      : push->description,
                                  push->files, compiled));
}

static ShProjectFile *
find_file (const GPtrArray *files, const char *path)
{
  for (guint i = 0; i < files->len; i++)
    if (strcmp (((ShProjectFile *) files->pdata[i])->path, path) == 0)
      return files->pdata[i];
  return NULL;
}

/* Puts one file into a project. */
static ShCompiled *
push_file (const Request *request, const char *path, GBytes *content)
{
  g_autoptr (ShServedBrain) brain = find_brain (request);
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;
  ShProjectFile *file;

  if (brain == NULL || !check_not_training (request, brain) ||
      !check (request, sh_push_check_path (path, &error), &error))
    return NULL;
  files = get_files (request, brain);
  if (files == NULL)
    return NULL;
  file = find_file (files, path);
  if (file != NULL)
    {
      g_bytes_unref (file->content);
      file->content = g_bytes_ref (content);
    }
  else if (files->len < SH_HISTORY_MAX_FILES)
    g_ptr_array_add (files, sh_project_file_new (path, content));
  else
    {
      sh_respond_error (request->message, SOUP_STATUS_BAD_REQUEST,
                        "InvalidRequest", "a project may have at most %u files",
                        SH_HISTORY_MAX_FILES);
      return NULL;
    }
  return store_project (request, brain->name, files);
}

static void
put_file (const Request *request)
{
  g_autoptr (GBytes) content = get_body (request);
  g_autoptr (ShCompiled) compiled = push_file (request, request->file, content);

  if (compiled != NULL)
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_compiled (compiled, FALSE));
}

static void
respond_file (const Request *request, const ShProjectFile *file)
{
  sh_respond_bytes (request->message,
                    g_str_has_suffix (file->path, ".ink")
                        ? "text/x-inkling; charset=utf-8"
                        : "text/plain; charset=utf-8",
                    file->content);
}

static void
get_file (const Request *request)
{
  g_autoptr (ShServedBrain) brain = find_brain (request);
  g_autoptr (GPtrArray) files =
      brain != NULL ? get_files (request, brain) : NULL;
  const ShProjectFile *file;

  if (files == NULL)
    return;
  file = find_file (files, request->file);
  if (file == NULL)
    {
      sh_respond_error (request->message, SOUP_STATUS_NOT_FOUND, "FileNotFound",
                        "brain '%s' has no file '%.80s'", brain->name,
                        request->file);
      return;
    }
  respond_file (request, file);
}

/* All files, as they are pushed. */
static void
get_project (const Request *request)
{
  g_autoptr (ShServedBrain) brain = find_brain (request);
  g_autoptr (GPtrArray) files =
      brain != NULL ? get_files (request, brain) : NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *type = NULL;

  if (files == NULL)
    return;
  body = sh_push_write (brain->name,
                        brain->known != NULL ? brain->known->description : "",
                        files, &type);
  sh_respond_bytes (request->message, type, body);
}

static void
get_ink (const Request *request)
{
  g_autoptr (ShServedBrain) brain = find_brain (request);
  g_autoptr (GPtrArray) files =
      brain != NULL ? get_files (request, brain) : NULL;
  g_autoptr (ShCompiled) compiled = NULL;

  if (files == NULL)
    return;
  compiled = sh_project_compile (files, brain->name);
  sh_respond (request->message, SOUP_STATUS_OK,
              sh_pages_compiled (compiled, TRUE));
}

/* An old way to push one program. */
static void
post_ink (const Request *request)
{
  g_autoptr (GBytes) body = get_body (request), content = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (ShCompiled) compiled = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strconcat (request->route->brain, ".ink", NULL);
  const char *text, *ink = NULL;
  gsize size;

  text = g_bytes_get_data (body, &size);
  object = sh_json_text_parse_object (text != NULL ? text : "", size, &error);
  if (!check (request, object != NULL, &error))
    return;
  if (json_object_has_member (object, "ink_content") &&
      JSON_NODE_HOLDS_VALUE (json_object_get_member (object, "ink_content")))
    ink = json_object_get_string_member_with_default (object, "ink_content",
                                                      NULL);
  if (ink == NULL)
    {
      sh_respond_error (request->message, SOUP_STATUS_BAD_REQUEST,
                        "InvalidRequest", "'ink_content' must be text");
      return;
    }
  content = g_bytes_new (ink, strlen (ink));
  compiled = push_file (request, path, content);
  if (compiled != NULL)
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_compiled (compiled, FALSE));
}

/* Trainings. */

static void
respond_training (const Request *request)
{
  g_autoptr (ShServedBrain) brain = find_brain (request);

  if (brain != NULL)
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_training (request->route->user, brain->name,
                                   sh_served_brain_get_version (brain)));
}

/* FALSE with an answer: there is no program that can be trained. */
static gboolean
check_program (const Request *request, const ShCompiled *compiled)
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

static void
start_training (const Request *request)
{
  ShRegistry *registry = request->rest->registry;
  g_autoptr (ShServedBrain) brain = find_brain (request);
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
  files = get_files (request, brain);
  if (files == NULL)
    return;
  compiled = sh_project_compile (files, brain->name);
  if (!check_program (request, compiled))
    return;
  sh_status_hub_tell_state (request->rest->status_hub, brain->name, "Starting");
  if (check (request,
             sh_registry_train (registry, brain->name, compiled->program,
                                request->rest->seed, &error),
             &error))
    {
      sh_status_hub_tell_start (request->rest->status_hub, brain->name);
      respond_training (request);
    }
}

static void
stop_training (const Request *request)
{
  g_autoptr (ShServedBrain) brain = find_brain (request);
  g_autoptr (GError) error = NULL;

  if (brain != NULL &&
      check (request,
             sh_registry_stop (request->rest->registry, brain->name, &error),
             &error))
    respond_training (request);
}

/* FALSE with an answer: there is nothing to go on with. */
static gboolean
check_saved (const Request *request, const ShServedBrain *brain)
{
  if (brain->versions->len > 0 || sh_served_brain_is_training (brain))
    return TRUE;
  sh_respond_error (request->message, SOUP_STATUS_NOT_FOUND, "BrainNotFound",
                    "brain '%s' has no version that was saved; start a "
                    "training",
                    brain->name);
  return FALSE;
}

static void
resume_training (const Request *request)
{
  g_autoptr (ShServedBrain) brain = find_brain (request);
  g_autoptr (GError) error = NULL;

  if (brain != NULL && check_saved (request, brain) &&
      check (request,
             sh_registry_resume (request->rest->registry, brain->name,
                                 request->route->version, &error),
             &error))
    {
      sh_status_hub_tell_start (request->rest->status_hub, brain->name);
      respond_training (request);
    }
}

static void
delete_brain (const Request *request)
{
  g_autoptr (GError) error = NULL;

  if (check (request,
             sh_registry_delete (request->rest->registry, request->route->brain,
                                 &error),
             &error))
    sh_respond (request->message, SOUP_STATUS_OK, g_strdup ("{}"));
}

/* FALSE with an answer: there is no such version. */
static gboolean
check_version (const Request *request, const ShServedBrain *brain)
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

static void
get_metric (const Request *request)
{
  g_autoptr (ShServedBrain) brain = find_brain (request);
  g_autoptr (ShHistoryRun) run = NULL;
  g_autoptr (GArray) points = NULL;
  g_autoptr (GError) error = NULL;
  ShHistory *history;

  if (brain == NULL || !check_version (request, brain))
    return;
  history = find_history (request);
  if (history == NULL)
    return;
  sh_registry_flush (request->rest->registry, brain->name);
  run = sh_history_get_run (history, brain->name, request->route->version,
                            &error);
  if (!check (request, error == NULL, &error))
    return;
  points = run != NULL ? sh_history_get_points (history, run->id,
                                                request->route->metric, &error)
                       : g_array_new (FALSE, FALSE, sizeof (ShHistoryPoint));
  if (check (request, points != NULL, &error))
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_metric (request->route->metric,
                                 run != NULL ? run->concept : "", points));
}

/* The policy as a file that other programs can run. */
static void
get_policy (const Request *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) onnx =
      sh_registry_load_onnx (request->rest->registry, request->route->brain,
                             request->route->version, &error);

  if (check (request, onnx != NULL, &error))
    sh_respond_bytes (request->message, "application/octet-stream", onnx);
}

/* Reading. */

static gboolean
wants_project (const Request *request)
{
  const char *accept = soup_message_headers_get_list (
      soup_server_message_get_request_headers (request->message), "Accept");

  return accept != NULL && strstr (accept, "multipart/mixed") != NULL;
}

/* A project that comes with this program, in the forms in which a brain's can be
 * had; its name is that of the brain it would make. */
static void
get_gallery (const Request *request)
{
  g_autofree char *name =
      g_strdelimit (g_strdup (request->route->project), "_", '-');
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = sh_gallery_load (
      request->route->category, request->route->project, &error);
  const ShProjectFile *file = files != NULL && request->file != NULL
                                  ? find_file (files, request->file)
                                  : NULL;

  if (files == NULL)
    sh_respond_error (request->message, SOUP_STATUS_NOT_FOUND,
                      "ProjectNotFound", "%s", error->message);
  else if (file != NULL)
    respond_file (request, file);
  else if (request->file != NULL)
    sh_respond_error (request->message, SOUP_STATUS_NOT_FOUND, "FileNotFound",
                      "project '%s' has no file '%.80s'", name, request->file);
  else if (wants_project (request))
    {
      g_autofree char *type = NULL;
      g_autoptr (GBytes) body = sh_push_write (name, "", files, &type);

      sh_respond_bytes (request->message, type, body);
    }
  else
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_document (name, "", files));
}

/* Simulators are looked for before a training begins, too. */
static void
get_sims (const Request *request, const ShServedBrain *brain)
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
get_page (const Request *request)
{
  const char *user = request->route->user;
  g_autoptr (ShServedBrain) brain = find_brain (request);

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
get_user (const Request *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) brains =
      sh_registry_get_brains (request->rest->registry, &error);

  if (check (request, brains != NULL, &error))
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_user (request->route->user, brains));
}

static void
get_prometheus (const Request *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) page = NULL;
  char *text = sh_metrics_page (request->rest->registry, &error);

  if (!check (request, text != NULL, &error))
    return;
  page = g_bytes_new_take (text, strlen (text));
  sh_respond_bytes (request->message, SH_PROMETHEUS_TYPE, page);
}

static void
handle_brain (const Request *request, const char *method)
{
  if (strcmp (method, "DELETE") == 0)
    delete_brain (request);
  else if (strcmp (method, "PUT") == 0 && request->file != NULL)
    put_file (request);
  else if (strcmp (method, "PUT") == 0)
    push_project (request);
  else if (request->file != NULL)
    get_file (request);
  else if (wants_project (request))
    get_project (request);
  else
    get_page (request);
}

void
sh_rest_handle (const ShRest *rest,
                SoupServerMessage *message,
                const ShRoute *route,
                GHashTable *query)
{
  const char *method = soup_server_message_get_method (message);
  const Request request = { rest, message, route,
                            query != NULL ? g_hash_table_lookup (query, "file")
                                          : NULL };

  switch (route->kind)
    {
    case SH_ROUTE_USER:
      get_user (&request);
      break;
    case SH_ROUTE_PROMETHEUS:
      get_prometheus (&request);
      break;
    case SH_ROUTE_PROPERTIES:
      sh_respond (message, SOUP_STATUS_OK, sh_pages_properties ());
      break;
    case SH_ROUTE_GALLERY:
      get_gallery (&request);
      break;
    case SH_ROUTE_BRAINS:
      create_brain (&request);
      break;
    case SH_ROUTE_BRAIN:
      handle_brain (&request, method);
      break;
    case SH_ROUTE_INK:
      if (strcmp (method, "POST") == 0)
        post_ink (&request);
      else
        get_ink (&request);
      break;
    case SH_ROUTE_START:
      start_training (&request);
      break;
    case SH_ROUTE_STOP:
      stop_training (&request);
      break;
    case SH_ROUTE_RESUME:
      resume_training (&request);
      break;
    case SH_ROUTE_METRICS:
      get_metric (&request);
      break;
    case SH_ROUTE_POLICY:
      get_policy (&request);
      break;
    default:
      get_page (&request);
      break;
    }
}
