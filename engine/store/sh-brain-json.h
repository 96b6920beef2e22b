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
  SH_BRAIN_N_FILES
} ShBrainFile;

extern const char *const sh_brain_file_names[SH_BRAIN_N_FILES];

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
