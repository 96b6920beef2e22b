/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is looked at after each call of an instance that is held to the letter:
 * the values it gave, and whether it left the process as it found it.
 */

#pragma once

#include <fenv.h>
#include <glib.h>
#include <locale.h>
#include <simhost/plugin.h>

G_BEGIN_DECLS

/* What a call must leave as it was. */
typedef struct
{
  char *locale; /* of the process */
  locale_t thread_locale;
  fenv_t floating_point;
  int rounding, traps;
  gboolean has_denormals;
} ShStrictMark;

void sh_strict_mark (ShStrictMark *mark);

/* What has changed since, put back as it was; NULL: nothing. The caller frees
 * the text. Frees what the mark holds. Same thread as the mark. */
char *sh_strict_compare (ShStrictMark *mark);

/*
 * Looks for a value that the schema does not allow: not finite, out of range,
 * none of the enumerated, text without end, an image without pixels. Returns
 * what is wrong, "state field 'angle' is not a finite number"; NULL: nothing.
 * The caller frees it.
 */
char *sh_strict_check_values (const char *what,
                              const SimhostSchema *schema,
                              gconstpointer values);

G_END_DECLS
