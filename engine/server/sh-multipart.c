/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Finds delimiters, and the few headers of a part that matter.
 */

#include "sh-multipart.h"

#include <libsoup/soup.h>
#include <string.h>

#include "sh-error.h"

/* Bytes in a line of the headers of a part. */
#define MAX_HEADERS 8192u

/* A delimiter: where its line begins, the new line before it included, and
 * where the next line begins. */
typedef struct
{
  const guint8 *start, *end;
  gboolean closing;
} Delimiter;

static void
part_free (gpointer data)
{
  ShPart *part = data;

  g_free (part->name);
  g_free (part->filename);
  g_free (part->type);
  g_free (part);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX, "the multipart body %s", what);
  return FALSE;
}

/* What follows "--boundary" at `at`: FALSE if that makes it no delimiter. */
static gboolean
read_tail (const guint8 *at, const guint8 *end, Delimiter *delimiter)
{
  delimiter->closing = end - at >= 2 && at[0] == '-' && at[1] == '-';
  if (delimiter->closing)
    {
      delimiter->end = at + 2;
      return TRUE;
    }
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
    at++;
  if (at == end || *at != '\n')
    return FALSE;
  delimiter->end = at + 1;
  return TRUE;
}

/* The next delimiter from `from` on. One in the middle of a line is one only if
 * it closes. */
static gboolean
find_delimiter (const char *marker,
                const guint8 *body,
                const guint8 *from,
                const guint8 *end,
                Delimiter *delimiter)
{
  const gsize length = strlen (marker);
  const guint8 *at = from;

  while ((at = memmem (at, (gsize) (end - at), marker, length)) != NULL)
    {
      const gboolean at_line = at == body || at[-1] == '\n';

      if (read_tail (at + length, end, delimiter) &&
          (at_line || delimiter->closing))
        {
          delimiter->start = at;
          if (at_line && at > from)
            delimiter->start -= at - from > 1 && at[-2] == '\r' ? 2 : 1;
          return TRUE;
        }
      at++;
    }
  return FALSE;
}

static char *
take_parameter (GHashTable *parameters, const char *name)
{
  const char *value = g_hash_table_lookup (parameters, name);

  return value != NULL && g_utf8_validate (value, -1, NULL) ? g_strdup (value)
                                                            : NULL;
}

static void
read_header (const char *line, ShPart *part)
{
  const char *colon = strchr (line, ':');
  gsize length = colon != NULL ? (gsize) (colon - line) : 0;

  if (length == strlen ("Content-Type") &&
      g_ascii_strncasecmp (line, "Content-Type", length) == 0 &&
      part->type == NULL)
    {
      part->type = g_strstrip (g_strdup (colon + 1));
    }
  else if (length == strlen ("Content-Disposition") &&
           g_ascii_strncasecmp (line, "Content-Disposition", length) == 0 &&
           strchr (colon, ';') != NULL && part->name == NULL &&
           part->filename == NULL)
    {
      GHashTable *parameters =
          soup_header_parse_semi_param_list (strchr (colon, ';') + 1);

      part->name = take_parameter (parameters, "name");
      part->filename = take_parameter (parameters, "filename");
      soup_header_free_param_list (parameters);
    }
}

/* The headers end with an empty line. FALSE: there is none. */
static gboolean
read_headers (ShPart *part)
{
  const guint8 *end = part->data + part->size;

  while (part->data < end)
    {
      const guint8 *line = part->data;
      const guint8 *newline = memchr (line, '\n', (gsize) (end - line));
      gsize length;
      g_autofree char *text = NULL;

      if (newline == NULL || (gsize) (newline - line) > MAX_HEADERS)
        return FALSE;
      part->data = newline + 1;
      part->size = (gsize) (end - part->data);
      length = (gsize) (newline - line);
      if (length > 0 && line[length - 1] == '\r')
        length--;
      if (length == 0)
        return TRUE;
      text = g_strndup ((const char *) line, length);
      read_header (text, part);
    }
  return FALSE;
}

/* The part between two delimiters. */
static gboolean
add_part (GPtrArray *parts,
          const Delimiter *before,
          const Delimiter *after,
          GError **error)
{
  ShPart *part;

  if (parts->len == SH_MULTIPART_MAX_PARTS)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "the multipart body has more than %u parts",
                   SH_MULTIPART_MAX_PARTS);
      return FALSE;
    }
  part = g_new0 (ShPart, 1);
  g_ptr_array_add (parts, part);
  part->data = before->end;
  part->size =
      after->start > before->end ? (gsize) (after->start - before->end) : 0;
  return read_headers (part) ||
         fail (error, "has a part without an empty line after its headers");
}

GPtrArray *
sh_multipart_parse (const char *boundary,
                    const guint8 *body,
                    gsize size,
                    GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (part_free);
  const guint8 *end = size > 0 ? body + size : body;
  g_autofree char *marker = NULL;
  Delimiter before, after;

  g_return_val_if_fail (boundary != NULL && (body != NULL || size == 0), NULL);

  if (*boundary == '\0' || strlen (boundary) > SH_MULTIPART_MAX_BOUNDARY)
    {
      fail (error, "has no boundary of 1 to 70 characters in its Content-Type");
      return NULL;
    }
  marker = g_strconcat ("--", boundary, NULL);
  if (size == 0 || !find_delimiter (marker, body, body, end, &before) ||
      before.closing)
    {
      fail (error, "has no part");
      return NULL;
    }
  while (!before.closing)
    {
      if (!find_delimiter (marker, body, before.end, end, &after))
        {
          fail (error, "is cut off: its last delimiter is missing");
          return NULL;
        }
      if (!add_part (parts, &before, &after, error))
        return NULL;
      before = after;
    }
  return g_steal_pointer (&parts);
}
