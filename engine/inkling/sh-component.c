/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From a type of the language to a component of an action.
 */

#include "sh-component.h"

#include <math.h>

void
sh_component_init (ShComponent *component, const ShType *type)
{
  gboolean is_range;

  g_return_if_fail (component != NULL && type != NULL);

  is_range =
      type->kind == SH_TYPE_NUMBER && type->constraint == SH_CONSTRAINT_RANGE;
  component->n_choices =
      is_range && type->min == type->max ? 1 : sh_type_get_n_choices (type);
  component->kind = component->n_choices > 0 ? SH_COMPONENT_DISCRETE
                                             : SH_COMPONENT_CONTINUOUS;
  component->low = is_range ? type->min : -INFINITY;
  component->high = is_range ? type->max : INFINITY;
}
