/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Answers, and errors as answers.
 */

#include "sh-respond.h"

#include <string.h>

#include "sh-error.h"
#include "sh-pages.h"
#include "sh-text.h"

static void
begin (SoupServerMessage *message, guint status)
{
  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_replace (
      soup_server_message_get_response_headers (message), "Connection",
      "close");
}

void
sh_respond_bytes (SoupServerMessage *message, const char *type, GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  begin (message, SOUP_STATUS_OK);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY,
                                    data != NULL ? data : "", size);
}

void
sh_respond (SoupServerMessage *message, guint status, char *json)
{
  begin (message, status);
  soup_server_message_set_response (message, "application/json",
                                    SOUP_MEMORY_TAKE, json, strlen (json));
}

void
sh_respond_error (SoupServerMessage *message,
                  guint status,
                  const char *code,
                  const char *format,
                  ...)
{
  g_autofree char *text = NULL, *line = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  /* What it quotes may be cut within a letter, or have been none. */
  line = sh_text_to_line (text, -1);
  sh_respond (message, status, sh_pages_error (code, line));
}

void
sh_respond_gerror (SoupServerMessage *message, const GError *error)
{
  static const struct
  {
    ShError error;
    guint status;
    const char *code;
  } answers[] = {
    { SH_ERROR_NOT_FOUND, SOUP_STATUS_NOT_FOUND, "BrainNotFound" },
    { SH_ERROR_USAGE, SOUP_STATUS_NOT_FOUND, "BrainNotFound" },
    { SH_ERROR_REFUSED, SOUP_STATUS_CONFLICT, "Conflict" },
    { SH_ERROR_SYNTAX, SOUP_STATUS_BAD_REQUEST, "InvalidRequest" },
    { SH_ERROR_LIMIT, SOUP_STATUS_BAD_REQUEST, "InvalidRequest" },
    { SH_ERROR_SCHEMA, SOUP_STATUS_BAD_REQUEST, "CannotBeTrained" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_error_matches (error, SH_ERROR, (int) answers[i].error))
      {
        sh_respond_error (message, answers[i].status, answers[i].code, "%s",
                          error->message);
        return;
      }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    {
      sh_respond_error (message, SOUP_STATUS_CONFLICT, "Conflict", "%s",
                        error->message);
      return;
    }
  g_warning ("%s", error->message);
  sh_respond_error (message, SOUP_STATUS_INTERNAL_SERVER_ERROR, "InternalError",
                    "%s", error->message);
}
