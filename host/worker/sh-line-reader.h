/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lines from a pipe, as they come. Works in the thread-default main context of
 * the thread that makes it.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct ShLineReader ShLineReader;

/* `line`: as sh_text_to_line makes it; longer ones are cut. It must not free
 * the reader. */
typedef void (*ShLineFunc) (const char *line, gpointer data);

/* Owns `fd` from now on, and makes it non-blocking. */
ShLineReader *sh_line_reader_new (int fd, ShLineFunc func, gpointer data);

/* For programs: lines as they are, empty ones too. One of more than `limit` bytes
 * is left out, and said on the log. */
ShLineReader *
sh_line_reader_new_raw (int fd, gsize limit, ShLineFunc func, gpointer data);

/* Reads what is there without waiting, a last line without newline included,
 * and closes: for when the writer has gone. */
void sh_line_reader_finish (ShLineReader *reader);

void sh_line_reader_free (ShLineReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShLineReader, sh_line_reader_free)

G_END_DECLS
