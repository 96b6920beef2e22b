/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Projects of brains, and those of the gallery, over HTTP.
 */

#include <string.h>

#include "sh-error.h"
#include "sh-gallery.h"
#include "sh-json-text.h"
#include "sh-project-pages.h"
#include "sh-push.h"
#include "sh-respond.h"
#include "sh-rest-private.h"

static gsize
get_total_size (const GPtrArray *files)
{
  gsize total = 0;

  for (guint i = 0; i < files->len; i++)
    total += g_bytes_get_size (((ShProjectFile *) files->pdata[i])->content);
  return total;
}

/* FALSE with an answer: the files are too much. */
static gboolean
check_size (const ShRequest *request, const GPtrArray *files)
{
  if (get_total_size (files) <= SH_HISTORY_MAX_PROJECT)
    return TRUE;
  sh_respond_error (request->message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
                    "RequestTooLarge", "a project may have at most %u bytes",
                    SH_HISTORY_MAX_PROJECT);
  return FALSE;
}

/* Stores a project; its compiler's findings, or NULL with an answer. */
static ShCompiled *
store_project (const ShRequest *request,
               const char *name,
               const GPtrArray *files)
{
  ShHistory *history = sh_request_find_history (request);
  g_autoptr (ShCompiled) compiled = NULL;
  g_autoptr (GError) error = NULL;

  if (history == NULL || !check_size (request, files))
    return NULL;
  compiled = sh_project_compile (files, name);
  if (!sh_request_check (request,
                         sh_history_set_files (history, name, files,
                                               compiled->program != NULL,
                                               &error),
                         &error))
    return NULL;
  sh_status_hub_tell_files (request->rest->status_hub, name, files);
  return g_steal_pointer (&compiled);
}

/* Only letters, digits and dashes, as on the original platform. */
static gboolean
check_new_name (const ShRequest *request, const char *name)
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
read_push (const ShRequest *request)
{
  g_autofree char *boundary = sh_request_dup_boundary (request);
  g_autoptr (GBytes) body = sh_request_get_body (request);
  g_autoptr (GError) error = NULL;
  ShPush *push = sh_push_read (boundary, body, &error);

  sh_request_check (request, push != NULL, &error);
  return push;
}

void
sh_rest_create_brain (const ShRequest *request)
{
  g_autoptr (ShPush) push = read_push (request);
  g_autoptr (ShCompiled) compiled = NULL;
  g_autoptr (ShServedBrain) brain = NULL;
  g_autoptr (GError) error = NULL;
  ShHistory *history;

  if (push == NULL || !check_new_name (request, push->name) ||
      !check_size (request, push->files))
    return;
  history = sh_request_find_history (request);
  if (history == NULL)
    return;
  brain = sh_registry_get_brain (request->rest->registry, push->name, NULL);
  if (brain != NULL)
    {
      sh_respond_error (request->message, SOUP_STATUS_CONFLICT, "BrainExists",
                        "there is a brain '%s' already", brain->name);
      return;
    }
  if (!sh_request_check (request,
                         sh_history_create_brain (history, push->name,
                                                  push->description, &error),
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
check_not_training (const ShRequest *request, const ShServedBrain *brain)
{
  if (!sh_served_brain_is_training (brain))
    return TRUE;
  sh_respond_error (request->message, SOUP_STATUS_CONFLICT, "BrainInTraining",
                    "brain '%s' is in training; stop it before you push",
                    brain->name);
  return FALSE;
}

void
sh_rest_push_project (const ShRequest *request)
{
  g_autoptr (ShServedBrain) brain = sh_request_find_brain (request);
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

/* Puts one file into a project; `path` NULL: the program. */
static ShCompiled *
push_file (const ShRequest *request, const char *path, GBytes *content)
{
  g_autoptr (ShServedBrain) brain = sh_request_find_brain (request);
  g_autofree char *program =
      brain != NULL ? g_strconcat (brain->name, ".ink", NULL) : NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;
  ShProjectFile *file;

  path = path != NULL ? path : program;
  if (brain == NULL || !check_not_training (request, brain) ||
      !sh_request_check (request, sh_push_check_path (path, &error), &error))
    return NULL;
  files = sh_request_get_files (request, brain);
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

void
sh_rest_put_file (const ShRequest *request)
{
  g_autoptr (GBytes) content = sh_request_get_body (request);
  g_autoptr (ShCompiled) compiled = push_file (request, request->file, content);

  if (compiled != NULL)
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_compiled (compiled, FALSE));
}

static void
respond_file (const ShRequest *request, const ShProjectFile *file)
{
  sh_respond_bytes (request->message,
                    g_str_has_suffix (file->path, ".ink")
                        ? "text/x-inkling; charset=utf-8"
                        : "text/plain; charset=utf-8",
                    file->content);
}

void
sh_rest_get_file (const ShRequest *request)
{
  g_autoptr (ShServedBrain) brain = sh_request_find_brain (request);
  g_autoptr (GPtrArray) files =
      brain != NULL ? sh_request_get_files (request, brain) : NULL;
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
void
sh_rest_get_project (const ShRequest *request)
{
  g_autoptr (ShServedBrain) brain = sh_request_find_brain (request);
  g_autoptr (GPtrArray) files =
      brain != NULL ? sh_request_get_files (request, brain) : NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *type = NULL;

  if (files == NULL)
    return;
  body = sh_push_write (brain->name,
                        brain->known != NULL ? brain->known->description : "",
                        files, &type);
  sh_respond_bytes (request->message, type, body);
}

void
sh_rest_get_ink (const ShRequest *request)
{
  g_autoptr (ShServedBrain) brain = sh_request_find_brain (request);
  g_autoptr (GPtrArray) files =
      brain != NULL ? sh_request_get_files (request, brain) : NULL;
  g_autoptr (ShCompiled) compiled = NULL;

  if (files == NULL)
    return;
  compiled = sh_project_compile (files, brain->name);
  sh_respond (request->message, SOUP_STATUS_OK,
              sh_pages_compiled (compiled, TRUE));
}

/* An old way to push one program. */
void
sh_rest_post_ink (const ShRequest *request)
{
  g_autoptr (GBytes) body = sh_request_get_body (request), content = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (ShCompiled) compiled = NULL;
  g_autoptr (GError) error = NULL;
  const char *text, *ink = NULL;
  gsize size;

  text = g_bytes_get_data (body, &size);
  object = sh_json_text_parse_object (text != NULL ? text : "", size, &error);
  if (!sh_request_check (request, object != NULL, &error))
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
  compiled = push_file (request, NULL, content);
  if (compiled != NULL)
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_compiled (compiled, FALSE));
}

/* A project that comes with this program, in the forms in which a brain's can be
 * had; its name is that of the brain it would make. */
void
sh_rest_get_gallery (const ShRequest *request)
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
  else if (sh_request_wants_project (request))
    {
      g_autofree char *type = NULL;
      g_autoptr (GBytes) body = sh_push_write (name, "", files, &type);

      sh_respond_bytes (request->message, type, body);
    }
  else
    sh_respond (request->message, SOUP_STATUS_OK,
                sh_pages_document (name, "", files));
}
