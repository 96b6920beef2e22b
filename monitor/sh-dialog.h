/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A dialog that asks the daemon to begin something with an item: "Cancel" and what
 * accepts in the header bar, below what went wrong and the body of the derived class.
 * What the daemon refuses is said in the dialog, which stays; what it has begun is
 * shown in the window.
 */

#pragma once

#include "sh-window.h"

G_BEGIN_DECLS

#define SH_TYPE_DIALOG (sh_dialog_get_type ())
G_DECLARE_DERIVABLE_TYPE (ShDialog, sh_dialog, SH, DIALOG, AdwWindow)

/* Properties: "body", a GtkWidget, and "accept-label", a string. */
struct _ShDialogClass
{
  AdwWindowClass parent;

  /* Of the button, and of Return in an entry that activates the default. */
  void (*accept) (ShDialog *dialog);
};

/* type: a derived one */
GtkWidget *sh_dialog_new (GType type, ShWindow *window, ShItem *item);

ShHostModel *sh_dialog_get_model (ShDialog *dialog);
ShItem *sh_dialog_get_item (ShDialog *dialog);
/* Cancelled when the dialog is closed. */
GCancellable *sh_dialog_get_cancellable (ShDialog *dialog);

/* text: NULL: nothing is wrong */
void sh_dialog_complain (ShDialog *dialog, const char *text);
/* Whether it may be accepted; at first it may. */
void sh_dialog_set_ready (ShDialog *dialog, gboolean ready);

/* Calls a method of the Manager that answers with the path of what has begun. Takes
 * `parameters` if they are floating. */
void
sh_dialog_begin (ShDialog *dialog, const char *method, GVariant *parameters);

G_END_DECLS
