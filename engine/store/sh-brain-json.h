/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * brain.json: what is known of a version of a brain, and the check sums of the
 * files beside it.
 *
 *   {
 *     "format": 2,
 *     "name": "cartpole", "version": 1, "created": "2026-11-21T02:00:00Z",
 *     "simulator": "...", "concept": "...", "algorithm": "...",
 *     "schemas": {"state": "...", "action": "...", "config": "..."},
 *     "result": {"reason": "...", "iterations": 0, "episodes": 0,
 *                "mean_return": null, "seconds": 0.0, "seed": 1},
 *     "files": {"policy.onnx": "SHA-256 in hex", "program.ink": "...",
 *               "learner.bin": "..."}
 *   }
 *
 * Where a program has several learned concepts there are policy-1.onnx,
 * learner-1.bin, policy-2.onnx and so on instead of policy.onnx and learner.bin, for
 * each that has been trained or is in training, in the order of training; after "concept", which is the
 * last of them, stands "concepts": ["...", "..."], their names. When the training of
 * "concept" is over and another one follows, "result" has "next", that one's name. "from"
 * there is a brain's version, "NAME:VERSION", whose concepts start the training.
 */

#pragma once

#include <glib.h>

#include "sh-brain.h"

G_BEGIN_DECLS

#define SH_BRAIN_JSON_FORMAT 2
/* The largest brain.json that is read. */
#define SH_BRAIN_JSON_MAX_BYTES (4u * 1024 * 1024)

/* The files that have a check sum. */
typedef enum
{
  SH_BRAIN_FILE_POLICY,
  SH_BRAIN_FILE_PROGRAM,
  SH_BRAIN_FILE_LEARNER, /* need not be there: then its sum is NULL */
  /* Of the first of several concepts; those of more follow. */
  SH_BRAIN_FILE_FIRST_POLICY,
  SH_BRAIN_FILE_FIRST_LEARNER =
      SH_BRAIN_FILE_FIRST_POLICY + SH_PROGRAM_MAX_LEARNED,
  SH_BRAIN_N_FILES = SH_BRAIN_FILE_FIRST_LEARNER + SH_PROGRAM_MAX_LEARNED
} ShBrainFile;

const char *sh_brain_file_get_name (guint file);

/* The policies that there are, from their sums: the files from *first on; 0: there
 * is none, or they are no row of files. */
guint sh_brain_count_policies (const char *const sums[SH_BRAIN_N_FILES],
                               guint *first);

/* `sums` in the order of ShBrainFile. Ends in a newline. */
char *sh_brain_info_to_json (const ShBrainInfo *info,
                             const char *const sums[SH_BRAIN_N_FILES]);

/* `sums`, if not NULL, is filled with text to be freed. Errors: SH_ERROR_SYNTAX
 * and SH_ERROR_CORRUPT saying what is missing or wrong. */
ShBrainInfo *sh_brain_info_from_json (const char *text,
                                      gsize length,
                                      char *sums[SH_BRAIN_N_FILES],
                                      GError **error);

G_END_DECLS
