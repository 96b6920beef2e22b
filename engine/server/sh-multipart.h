/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Bodies of type multipart (RFC 2046 section 5.1), as programs of all sorts
 * write them: lines may end in LF alone, blanks may follow a delimiter, text may
 * stand before the first and after the last one, and the closing delimiter may
 * follow its part without a new line.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SH_MULTIPART_MAX_PARTS 258u
#define SH_MULTIPART_MAX_BOUNDARY 70u

/* Lies in the body. */
typedef struct
{
  char *name, *filename; /* of Content-Disposition; NULL: not given */
  char *type; /* Content-Type; NULL: not given */
  const guint8 *data;
  gsize size;
} ShPart;

/*
 * An array of ShPart, at least one. Errors: SH_ERROR_SYNTAX saying what is
 * wrong, SH_ERROR_LIMIT.
 */
GPtrArray *sh_multipart_parse (const char *boundary,
                               const guint8 *body,
                               gsize size,
                               GError **error);

G_END_DECLS
