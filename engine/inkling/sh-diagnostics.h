/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the compiler has found wrong in one text. Every stage reports here, by
 * offset; places become lines and columns once, here. The same is not said twice
 * of one place. While the text is parsed there is but one error for a place: a
 * second one is a consequence.
 */

#pragma once

#include "sh-program.h"

G_BEGIN_DECLS

/* Bytes of the text. */
typedef struct
{
  guint32 offset, length;
} ShSpan;

typedef struct
{
  const char *text; /* NUL-terminated; borrowed */
  gsize length;
  GArray *lines; /* where each starts, guint32 */
  GPtrArray *found; /* ShDiagnostic */
  GArray *offsets; /* of each of them, guint32 */
  guint n_errors, n_warnings;
  gboolean is_parsed; /* several errors for one place are welcome */
  ShDiagnostic *last; /* what sh_diagnostics_hint adds to; NULL: dropped */
} ShDiagnostics;

void sh_diagnostics_init (ShDiagnostics *self, const char *text, gsize length);
void sh_diagnostics_clear (ShDiagnostics *self);

/* Drops all that was found. */
void sh_diagnostics_forget (ShDiagnostics *self);

/* Whether SH_PROGRAM_MAX_ERRORS were found: time to give up. */
gboolean sh_diagnostics_is_full (const ShDiagnostics *self);

void
sh_diagnostics_error (ShDiagnostics *self, ShSpan span, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void sh_diagnostics_warning (ShDiagnostics *self,
                             ShSpan span,
                             const char *format,
                             ...) G_GNUC_PRINTF (3, 4);

/* Adds advice to what was reported last. */
void sh_diagnostics_hint (ShDiagnostics *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* Whether advice for what was reported last would be seen; looking for some can
 * be dear. */
gboolean sh_diagnostics_wants_hint (const ShDiagnostics *self);

/* The line, from 1, in which a byte is. */
guint sh_diagnostics_get_line (const ShDiagnostics *self, guint32 offset);

/* Hands over all that was found, in the order of places. */
GPtrArray *sh_diagnostics_steal (ShDiagnostics *self);

G_END_DECLS
