/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The conformance checks: what plugin.h asks of a plugin, each rule tried out
 * on every simulator of a file, with actions that are random but follow from a
 * seed. A table of checks; each is run by itself, on a plugin loaded for it.
 *
 * A plugin may crash, hang or end the process: sh_conform_run_child runs a check
 * in a process of its own.
 */

#pragma once

#include <glib.h>

#include "sh-call-slot.h"

G_BEGIN_DECLS

typedef enum
{
  SH_CONFORM_PASS,
  SH_CONFORM_FAIL,
  SH_CONFORM_NOT_APPLICABLE
} ShConformVerdict;

typedef struct
{
  ShConformVerdict verdict;
  char *reason; /* one line; NULL for a pass */
} ShConformResult;

typedef struct ShConform ShConform;

/* In the order in which they are to be run; NULL past the last. */
const ShConform *sh_conform_get (guint index);
/* NULL: there is none of that id. */
const ShConform *sh_conform_find (const char *id);

/* "seed-repeats" */
const char *sh_conform_get_id (const ShConform *check);
/* A phrase that says what is so when it passes. */
const char *sh_conform_get_summary (const ShConform *check);
/* The id of the check without which this one makes no sense, or NULL. */
const char *sh_conform_get_needs (const ShConform *check);

/* Told before a simulator is tried. */
typedef void (*ShConformProgress) (const char *simulator, gpointer data);

/*
 * Runs it in this process. `slot`, which may be NULL, tells which function of
 * the plugin is running; `progress` may be NULL. Main thread.
 */
ShConformResult sh_conform_run (const ShConform *check,
                                const char *path,
                                guint64 seed,
                                ShCallSlot *slot,
                                ShConformProgress progress,
                                gpointer data);

/*
 * Runs it in a child, `simhost check-one`, and waits: a call may take `timeout`
 * milliseconds, the whole a multiple of that. A child that ends before it has
 * answered is a failure of the check. FALSE if no child could be started.
 * Errors: SH_ERROR_FAILED.
 */
gboolean sh_conform_run_child (const ShConform *check,
                               const char *path,
                               guint64 seed,
                               guint timeout,
                               ShConformResult *result,
                               GError **error);

/* The child's part: runs the check and answers its parent. Main thread, before
 * any other. Errors: SH_ERROR_FAILED when there is no parent. */
gboolean sh_conform_answer (const ShConform *check,
                            const char *path,
                            guint64 seed,
                            GError **error);

/* "pass", "fail", "not-applicable" */
const char *sh_conform_verdict_to_string (ShConformVerdict verdict);

void sh_conform_result_clear (ShConformResult *result);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShConformResult, sh_conform_result_clear)

G_END_DECLS
