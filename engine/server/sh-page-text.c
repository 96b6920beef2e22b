/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * JSON put together piece by piece.
 */

#include "sh-page-text.h"

#include <string.h>

#include "sh-json-text.h"

/* A comma, unless something has just been opened. */
static void
separate (GString *text)
{
  if (text->len > 0 && strchr ("{[", text->str[text->len - 1]) == NULL)
    g_string_append_c (text, ',');
}

static void
add_name (GString *text, const char *name)
{
  separate (text);
  sh_json_text_append_string (text, name);
  g_string_append_c (text, ':');
}

/* `bracket`: '{' or '['. `name`: NULL inside an array. */
void
sh_page_begin (GString *text, const char *name, char bracket)
{
  if (name != NULL)
    add_name (text, name);
  else
    separate (text);
  g_string_append_c (text, bracket);
}

void
sh_page_end (GString *text, char bracket)
{
  g_string_append_c (text, bracket);
}

void
sh_page_add_string (GString *text, const char *name, const char *value)
{
  add_name (text, name);
  if (value != NULL)
    sh_json_text_append_string (text, value);
  else
    g_string_append (text, "null");
}

void
sh_page_add_item (GString *text, const char *value)
{
  separate (text);
  sh_json_text_append_string (text, value);
}

void
sh_page_add_int (GString *text, const char *name, guint64 value)
{
  add_name (text, name);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT, value);
}

/* null when it is not finite. */
void
sh_page_add_number (GString *text, const char *name, double value)
{
  add_name (text, name);
  sh_json_text_append_double (text, value);
}

void
sh_page_add_bool (GString *text, const char *name, gboolean value)
{
  add_name (text, name);
  g_string_append (text, value ? "true" : "false");
}

void
sh_page_add_null (GString *text, const char *name)
{
  sh_page_add_string (text, name, NULL);
}

void
sh_page_add_empty_array (GString *text, const char *name)
{
  sh_page_begin (text, name, '[');
  sh_page_end (text, ']');
}

void
sh_page_add_time (GString *text, const char *name, gint64 seconds)
{
  g_autoptr (GDateTime) time =
      seconds != 0 ? g_date_time_new_from_unix_utc (seconds) : NULL;
  g_autofree char *value =
      time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

  sh_page_add_string (text, name, value);
}

/* A name as one segment of a path. */
char *
sh_page_escape (const char *name)
{
  return g_uri_escape_string (name, NULL, FALSE);
}

/* version 0: of the brain itself. */
void
sh_page_add_url (GString *text,
                 const char *user,
                 const char *brain,
                 guint version)
{
  g_autofree char *user_part = sh_page_escape (user);
  g_autofree char *brain_part = sh_page_escape (brain);
  g_autofree char *url =
      version > 0
          ? g_strdup_printf ("/v1/%s/%s/%u", user_part, brain_part, version)
          : g_strdup_printf ("/v1/%s/%s", user_part, brain_part);

  sh_page_add_string (text, "url", url);
}
