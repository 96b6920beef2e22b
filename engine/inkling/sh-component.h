/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a learner decides for a number or a text of an action.
 */

#pragma once

#include "sh-space.h"
#include "sh-type.h"

G_BEGIN_DECLS

/*
 * One of some values, or any number of a range, which may have no bounds. A range
 * of one value leaves nothing to learn, so it counts as a choice. `n_choices` is
 * G_MAXUINT when there are as many or more.
 */
void sh_component_init (ShComponent *component, const ShType *type);

G_END_DECLS
