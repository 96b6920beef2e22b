/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a child process prints: logged line by line with its name, the last
 * lines kept to say why it ended. Works in the thread-default main context of
 * the thread that makes it.
 */

#pragma once

#include "sh-line-reader.h"

G_BEGIN_DECLS

/* Lines that are kept. */
#define SH_CHILD_MAX_LINES 20u
/* Lines logged in one second; more are counted only. */
#define SH_CHILD_MAX_LINES_PER_SECOND 100u

typedef struct ShChildOutput ShChildOutput;

/*
 * `name` stands before each line, unless the line has it. Owns the descriptors,
 * the reading ends of pipes; `out` may be -1. What is a warning in the way of sh-log.h is logged
 * as one, the rest as a message; `quiet`: all as debug messages.
 */
ShChildOutput *
sh_child_output_new (const char *name, gboolean quiet, int out, int err);

/* Has `line` called, unless it is NULL, with each line that is logged. */
void sh_child_output_set_line (ShChildOutput *output,
                               ShLineFunc line,
                               gpointer line_data);

/* Reads what is left: the child has ended. */
void sh_child_output_finish (ShChildOutput *output);

/* The oldest first; owned by the output. */
const GQueue *sh_child_output_get_lines (const ShChildOutput *output);

/* The last line of stderr, or NULL; owned by the output. */
const char *sh_child_output_get_words (const ShChildOutput *output);

void sh_child_output_free (ShChildOutput *output);

G_END_DECLS
