/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The name of the error domain. */

#include "sh-error.h"

/* clang-format would put spaces into the name. */
/* clang-format off */
G_DEFINE_QUARK (sh-error-quark, sh_error)
/* clang-format on */
