/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds bytes to the reader of ONNX policies. What it takes acts within the
 * action's bounds, and is written again as a policy that acts the same.
 */

#include <string.h>

#include "sh-policy-onnx.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* The space of the corpus's files. */
static ShSpace *
make_space (void)
{
  ShSpace *space = sh_space_new (2, 2);

  space->actions[0].kind = SH_COMPONENT_DISCRETE;
  space->actions[0].n_choices = 3;
  space->actions[1].low = -1;
  space->actions[1].high = 1;
  return space;
}

static void
act (ShPolicy *policy, float actions[4])
{
  const float observations[] = { 0.5f, -3, 1e30f, 0 };

  sh_policy_act (policy, SH_ACT_GREEDY, 2, observations, actions, NULL, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (ShSpace) space = make_space ();
  g_autoptr (GBytes) bytes = g_bytes_new (data, size), again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShPolicy) policy = sh_policy_from_onnx (space, bytes, &error);
  g_autoptr (ShPolicy) copy = NULL;
  const ShPolicyOnnxTexts texts = { .simulator = "S" };
  float first[4], second[4];

  g_assert ((policy == NULL) == (error != NULL));
  if (policy == NULL)
    return 0;
  act (policy, first);
  g_assert (first[0] >= 0 && first[0] <= 2 && first[1] >= -1 && first[1] <= 1);
  again = sh_policy_to_onnx (policy, &texts);
  copy = sh_policy_from_onnx (space, again, NULL);
  g_assert (copy != NULL);
  act (copy, second);
  g_assert (memcmp (first, second, sizeof first) == 0);
  return 0;
}
