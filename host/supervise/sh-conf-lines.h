/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The lines of a file in GKeyFile's format, each by itself: GKeyFile refuses a
 * whole file for one line, and does not say which. Part of ShConfFile.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GKeyFile *keys; /* what the good lines say */
  GHashTable *numbers; /* of the lines, from 1: "GROUP" and "GROUP\nKEY" */
} ShConfLines;

typedef void (*ShConfWarn) (guint line, const char *text, gpointer data);

/* `warn`: for each line that is left out, and each key that is there twice. */
void sh_conf_lines_init (ShConfLines *lines,
                         const char *text,
                         ShConfWarn warn,
                         gpointer data);
void sh_conf_lines_clear (ShConfLines *lines);

/* The line of a group, `key` NULL, or of a key; 0: there is none. */
guint sh_conf_lines_find (const ShConfLines *lines,
                          const char *group,
                          const char *key);

G_END_DECLS
