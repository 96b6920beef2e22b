/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The call slots and the report that a worker shares with its parent: memory without a file,
 * which the child inherits as a descriptor. Its size is sealed, so that a child
 * that shrinks it cannot bring down the parent.
 */

#pragma once

#include <glib.h>

#include "sh-call-slot.h"
#include "sh-report.h"

G_BEGIN_DECLS

#define SH_SLOT_PAGE_MAX 65536u
/* The descriptor's number, in the child's environment. */
#define SH_SLOT_PAGE_VARIABLE "SIMHOST_SLOTS"

typedef struct
{
  int fd; /* close-on-exec; -1: private */
  guint n_slots;
  ShCallSlot *slots;
  ShReport *report; /* behind them */
} ShSlotPage;

/* 1 to SH_SLOT_PAGE_MAX slots. Errors: SH_ERROR_FAILED. */
ShSlotPage *sh_slot_page_new (guint n_slots, GError **error);

/* The page that SIMHOST_SLOTS names, and the variable is gone; or a private one
 * of 64 slots when there is no such variable. Never NULL. Main thread. */
ShSlotPage *sh_slot_page_new_from_environment (void);

void sh_slot_page_free (ShSlotPage *page);

/* Before a new child gets it. */
void sh_slot_page_clear (ShSlotPage *page);

/* The functions in which the slots are, "advance" or "advance or reset"; NULL:
 * in none. The caller frees it. */
char *sh_slot_page_describe (const ShSlotPage *page);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSlotPage, sh_slot_page_free)

G_END_DECLS
