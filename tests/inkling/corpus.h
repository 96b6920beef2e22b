/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The programs that the tests of the compiler share: good ones with the model
 * that is expected, bad ones with the errors.
 */

#pragma once

#include <glib.h>

#include "sh-program.h"

/* The names of the programs in `folder`, "good" or "bad", without ".ink", sorted;
 * free with g_ptr_array_unref. */
GPtrArray *corpus_list (const char *folder);

/* The file of this name and ending; fails the test when there is none. */
char *corpus_read (const char *folder,
                   const char *name,
                   const char *ending,
                   gsize *length);

/* A line for each diagnostic, "2:5-9: error: message", and one for its hint. */
char *corpus_report (const GPtrArray *diagnostics);
