/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Parts of a JSON document, appended to its text; commas come by themselves.
 * `name` is NULL inside an array.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `bracket`: '{' or '['; '}' or ']'. */
void sh_page_begin (GString *text, const char *name, char bracket);
void sh_page_end (GString *text, char bracket);

void sh_page_add_string (GString *text, const char *name, const char *value);
/* A string inside an array. */
void sh_page_add_item (GString *text, const char *value);
void sh_page_add_int (GString *text, const char *name, guint64 value);
/* null when it is not finite. */
void sh_page_add_number (GString *text, const char *name, double value);
void sh_page_add_bool (GString *text, const char *name, gboolean value);
void sh_page_add_null (GString *text, const char *name);
void sh_page_add_empty_array (GString *text, const char *name);
/* Seconds since 1970, as ISO 8601; null for 0. */
void sh_page_add_time (GString *text, const char *name, gint64 seconds);
/* "url": of a version, or with 0 of the brain itself. */
void sh_page_add_url (GString *text,
                      const char *user,
                      const char *brain,
                      guint version);

/* A name as one segment of a path; g_free it. */
char *sh_page_escape (const char *name);

G_END_DECLS
