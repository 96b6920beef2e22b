/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One member of a C struct that is laid out for an Inkling type: the C type
 * behind it, and its value as a double, a number or text. Functions for numbers
 * take every SIMHOST_TYPE but STRING and LUMINANCE.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

#include "sh-type.h"

G_BEGIN_DECLS

/* Bytes of a text member, its NUL included. */
#define SH_MEMBER_TEXT_SIZE 64u

/* The SIMHOST_TYPE of the member for `type`; 0 when there is none for it
 * (images, arrays, structs). */
guint32 sh_member_type_for (const ShType *type);

/* Bytes of a member, which for numbers is its alignment too. */
guint32 sh_member_get_size (guint32 simhost_type);

/* Whether only whole numbers fit, and the least and the greatest number. */
gboolean sh_member_is_integer (guint32 simhost_type);
void sh_member_get_limits (guint32 simhost_type, double *low, double *high);

double sh_member_load (guint32 simhost_type, gconstpointer member);

/* Clips to the limits and rounds to the nearest; NaN is stored as 0. */
void sh_member_store (guint32 simhost_type, gpointer member, double value);

G_END_DECLS
