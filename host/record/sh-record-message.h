/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reads a dynamic message by the engine's schema alone. A record shows fields
 * that a simulator lacks too; no plan has those.
 */

#pragma once

#include "sh-record-cell.h"
#include "sh-schema.h"

G_BEGIN_DECLS

/*
 * Stores a cell for each of the schema's fields; absent ones are 0, 0.0, false
 * or "". Images, bytes, arrays and text that is not UTF-8 are nothing; so is
 * what follows a place where the message breaks off. Cells borrow from `data`.
 */
void sh_record_read_message (const ShSchema *schema,
                             const guint8 *data,
                             gsize size,
                             ShRecordCell *cells);

G_END_DECLS
