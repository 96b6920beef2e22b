/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-error.h"

G_DEFINE_QUARK (sh - error - quark, sh_error)
