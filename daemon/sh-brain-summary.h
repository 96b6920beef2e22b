/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A brain of the store with all its versions, as it is shown. Immutable once
 * read, reference-counted; any thread.
 */

#pragma once

#include <sys/stat.h>

#include "sh-store.h"

G_BEGIN_DECLS

typedef struct
{
  gatomicrefcount ref_count;
  char *name;
  guint n_versions;
  guint *versions; /* ascending */
  ShBrainInfo *newest; /* NULL: none is saved yet */
  gboolean
      training; /* somebody, here or elsewhere, writes the newest version */
  double progress; /* lessons that are over, of all, 0 to 1; NaN: not known */
  struct stat folder, file; /* when it was read: its own, and brain.json */
} ShBrainSummary;

/* A brain that was made and never trained. */
ShBrainSummary *sh_brain_summary_new (const char *name);

/*
 * Reads a brain, or gives `before` (may be NULL) another reference if it is as it
 * was then, which costs two or three system calls. NULL: it has no version, or is
 * gone. Blocks on files.
 */
ShBrainSummary *sh_brain_summary_read (ShStore *store,
                                       const char *name,
                                       ShBrainSummary *before);

/* "empty", "training", "trained", "stopped" or "failed". */
const char *sh_brain_summary_get_state (const ShBrainSummary *summary);

/* Why its newest version cannot be used, or NULL. */
const char *sh_brain_summary_get_failure (const ShBrainSummary *summary);

ShBrainSummary *sh_brain_summary_ref (ShBrainSummary *summary);
void sh_brain_summary_unref (ShBrainSummary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShBrainSummary, sh_brain_summary_unref)

G_END_DECLS
