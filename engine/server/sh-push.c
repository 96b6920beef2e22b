/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading pushed projects, and compiling them.
 */

#include "sh-push.h"

#include <libsoup/soup.h>
#include <string.h>

#include "sh-error.h"
#include "sh-json-text.h"
#include "sh-multipart.h"
#include "sh-project-pages.h"

#define DOCUMENT "project_data"
#define SUFFIX ".ink"

void
sh_push_free (ShPush *push)
{
  if (push == NULL)
    return;
  g_free (push->name);
  g_free (push->description);
  g_ptr_array_unref (push->files);
  g_free (push);
}

static gboolean fail (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, SH_ERROR, SH_ERROR_SYNTAX, text);
  return FALSE;
}

gboolean
sh_push_check_path (const char *path, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  gboolean good = *path != '\0' && strlen (path) <= SH_PUSH_MAX_PATH &&
                  g_utf8_validate (path, -1, NULL);

  for (guint i = 0; parts[i] != NULL && good; i++)
    good = *parts[i] != '\0' && strcmp (parts[i], ".") != 0 &&
           strcmp (parts[i], "..") != 0;
  for (const char *c = path; *c != '\0' && good; c++)
    good = !g_ascii_iscntrl (*c) && *c != '\\' && *c != '"';
  return good || fail (error,
                       "'%.80s' is no name for a file: it must be a relative "
                       "path of at most %u bytes",
                       path, SH_PUSH_MAX_PATH);
}

/* Members. */

/* Text, or NULL if it is missing or null. */
static gboolean
read_text (JsonObject *object, const char *name, char **text, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  *text = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return fail (error, "'%s' must be text", name);
  *text = json_node_dup_string (node);
  return TRUE;
}

static ShProjectFile *
find_file (const GPtrArray *files, const char *path)
{
  for (guint i = 0; i < files->len; i++)
    if (strcmp (((ShProjectFile *) files->pdata[i])->path, path) == 0)
      return files->pdata[i];
  return NULL;
}

static gboolean
add_file (ShPush *push, const char *path, GBytes *content, GError **error)
{
  if (!sh_push_check_path (path, error))
    return FALSE;
  if (find_file (push->files, path) != NULL)
    return fail (error, "the file '%s' is there twice", path);
  if (push->files->len == SH_HISTORY_MAX_FILES)
    return fail (error, "a project may have at most %u files",
                 SH_HISTORY_MAX_FILES);
  g_ptr_array_add (push->files, sh_project_file_new (path, content));
  return TRUE;
}

/* Every file that the document names must have come. */
static gboolean
check_files (const ShPush *push, JsonObject *document, GError **error)
{
  JsonNode *node =
      json_object_get_member (document, "project_accompanying_files");
  JsonArray *array;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return fail (error, "'project_accompanying_files' must be a list");
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (element) ||
          json_node_get_value_type (element) != G_TYPE_STRING)
        return fail (error, "'project_accompanying_files' must hold names");
      if (find_file (push->files, json_node_get_string (element)) == NULL)
        return fail (error, "the file '%.80s' is named but was not sent",
                     json_node_get_string (element));
    }
  return TRUE;
}

/* The project file itself is sent inside the document. */
static gboolean
read_project_file (ShPush *push, JsonObject *document, GError **error)
{
  JsonNode *node = json_object_get_member (document, "project_file");
  g_autofree char *name = NULL, *text = NULL;
  g_autoptr (GBytes) content = NULL;
  JsonNode *inner;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (error, "'project_file' must be an object");
  push->has_files = TRUE;
  if (!read_text (json_node_get_object (node), "name", &name, error))
    return FALSE;
  inner = json_object_get_member (json_node_get_object (node), "content");
  if (name == NULL || inner == NULL || !JSON_NODE_HOLDS_OBJECT (inner))
    return fail (error, "'project_file' must have a name and a content");
  /* Some send it as a part, too. */
  if (find_file (push->files, name) != NULL)
    return TRUE;
  text = json_to_string (inner, FALSE);
  content = g_bytes_new (text, strlen (text));
  return add_file (push, name, content, error);
}

static gboolean
read_document (ShPush *push, const char *text, gsize size, GError **error)
{
  g_autoptr (JsonObject) document =
      sh_json_text_parse_object (text, size, error);

  if (document == NULL)
    return FALSE;
  if (!read_text (document, "name", &push->name, error))
    return FALSE;
  g_free (push->description);
  if (!read_text (document, "description", &push->description, error))
    return FALSE;
  if (push->description == NULL)
    push->description = g_strdup ("");
  return read_project_file (push, document, error) &&
         check_files (push, document, error);
}

static gboolean
read_parts (ShPush *push, const GPtrArray *parts, GError **error)
{
  const ShPart *document = NULL;

  push->has_files = TRUE;
  for (guint i = 0; i < parts->len; i++)
    {
      const ShPart *part = parts->pdata[i];
      const char *name = part->filename != NULL ? part->filename : part->name;
      g_autoptr (GBytes) content = NULL;

      if (document == NULL && g_strcmp0 (part->name, DOCUMENT) == 0)
        {
          document = part;
          continue;
        }
      if (name == NULL)
        return fail (error, "a part has neither name nor filename");
      content = g_bytes_new (part->data, part->size);
      if (!add_file (push, name, content, error))
        return FALSE;
    }
  if (document == NULL)
    return fail (error, "there is no part named '%s'", DOCUMENT);
  if (read_document (push, (const char *) document->data, document->size,
                     error))
    return TRUE;
  g_prefix_error (error, "%s: ", DOCUMENT);
  return FALSE;
}

ShPush *
sh_push_read (const char *boundary, GBytes *body, GError **error)
{
  g_autoptr (ShPush) push = g_new0 (ShPush, 1);
  g_autoptr (GPtrArray) parts = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  push->description = g_strdup ("");
  push->files =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_project_file_free);
  if (boundary == NULL)
    {
      if (!read_document (push, size > 0 ? (const char *) data : "", size,
                          error))
        return NULL;
      return g_steal_pointer (&push);
    }
  parts = sh_multipart_parse (boundary, data, size, error);
  if (parts == NULL || !read_parts (push, parts, error))
    return NULL;
  return g_steal_pointer (&push);
}

/* Writing. */

/* Paths hold neither quotes nor backslashes: they are written as they are. */
static void
add_part (SoupMultipart *multipart,
          const char *disposition,
          const char *type,
          GBytes *content)
{
  SoupMessageHeaders *headers =
      soup_message_headers_new (SOUP_MESSAGE_HEADERS_MULTIPART);

  soup_message_headers_append (headers, "Content-Disposition", disposition);
  soup_message_headers_append (headers, "Content-Type", type);
  soup_multipart_append_part (multipart, headers, content);
  soup_message_headers_unref (headers);
}

GBytes *
sh_push_write (const char *name,
               const char *description,
               const GPtrArray *files,
               char **content_type)
{
  g_autoptr (SoupMultipart) multipart = soup_multipart_new ("multipart/mixed");
  SoupMessageHeaders *headers =
      soup_message_headers_new (SOUP_MESSAGE_HEADERS_MULTIPART);
  g_autofree char *document = sh_pages_document (name, description, files);
  g_autoptr (GBytes) content = g_bytes_new (document, strlen (document));
  GBytes *body = NULL;

  add_part (multipart, "form-data; name=\"" DOCUMENT "\"", "application/json",
            content);
  for (guint i = 0; i < files->len; i++)
    {
      const ShProjectFile *file = files->pdata[i];

      g_autofree char *disposition = g_strdup_printf (
          "attachment; name=\"%s\"; filename=\"%s\"", file->path, file->path);

      add_part (multipart, disposition, "application/octet-stream",
                file->content);
    }
  soup_multipart_to_message (multipart, headers, &body);
  *content_type =
      g_strdup (soup_message_headers_get_one (headers, "Content-Type"));
  soup_message_headers_unref (headers);
  return body;
}

/* Compiling. */

static gboolean
is_program (const ShProjectFile *file)
{
  return g_str_has_suffix (file->path, SUFFIX);
}

/* NULL with *n_programs: how many there are. */
static const ShProjectFile *
find_program (const GPtrArray *files, const char *name, guint *n_programs)
{
  g_autofree char *own = g_strconcat (name, SUFFIX, NULL);
  const ShProjectFile *only = NULL;

  *n_programs = 0;
  for (guint i = 0; i < files->len; i++)
    {
      const ShProjectFile *file = files->pdata[i];

      if (!is_program (file))
        continue;
      if (g_ascii_strcasecmp (file->path, own) == 0)
        return file;
      only = file;
      ++*n_programs;
    }
  return *n_programs == 1 ? only : NULL;
}

static void
add_error (GPtrArray *diagnostics, const char *message)
{
  ShDiagnostic *diagnostic = g_new0 (ShDiagnostic, 1);

  diagnostic->line = diagnostic->column = 1;
  diagnostic->message = g_strdup (message);
  g_ptr_array_add (diagnostics, diagnostic);
}

ShCompiled *
sh_project_compile (const GPtrArray *files, const char *name)
{
  ShCompiled *self = g_new0 (ShCompiled, 1);
  g_autoptr (GError) error = NULL;
  guint n_programs;

  self->file = find_program (files, name, &n_programs);
  if (self->file != NULL)
    {
      gsize size;
      const char *text = g_bytes_get_data (self->file->content, &size);

      self->text = g_strndup (text != NULL ? text : "", size);
      self->program =
          sh_program_compile (text != NULL ? text : "", (gssize) size,
                              self->file->path, &self->diagnostics, &error);
    }
  if (self->diagnostics == NULL)
    self->diagnostics =
        g_ptr_array_new_with_free_func ((GDestroyNotify) sh_diagnostic_free);
  if (self->file == NULL && n_programs > 1)
    add_error (self->diagnostics,
               "there are several Inkling files; name one of them after the "
               "brain");
  else if (error != NULL && sh_compiled_get_n_errors (self) == 0)
    add_error (self->diagnostics, error->message);
  return self;
}

void
sh_compiled_free (ShCompiled *compiled)
{
  if (compiled == NULL)
    return;
  g_clear_pointer (&compiled->program, sh_program_unref);
  g_ptr_array_unref (compiled->diagnostics);
  g_free (compiled->text);
  g_free (compiled);
}

guint
sh_compiled_get_n_errors (const ShCompiled *compiled)
{
  guint n = 0;

  for (guint i = 0; i < compiled->diagnostics->len; i++)
    n += !((const ShDiagnostic *) compiled->diagnostics->pdata[i])->warning;
  return n;
}
