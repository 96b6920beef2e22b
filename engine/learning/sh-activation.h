/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Activations: what the units of a hidden layer make of their sums.
 */

#pragma once

#include <glib.h>

#include "sh-kernels.h"

G_BEGIN_DECLS

/* The numbers are saved with policies: they stay. */
typedef enum
{
  SH_ACTIVATION_TANH, /* what a learner takes when nothing is said */
  SH_ACTIVATION_LINEAR, /* x */
  SH_ACTIVATION_RELU, /* max (x, 0) */
  SH_ACTIVATION_ELU, /* x above 0, e^x - 1 below */
  SH_ACTIVATION_LOGISTIC, /* 1 / (1 + e^-x) */
  SH_ACTIVATION_SOFTMAX /* e^x, divided by the sum over the layer */
} ShActivation;

#define SH_N_ACTIVATIONS (SH_ACTIVATION_SOFTMAX + 1)

/* Turns the sums y [n][row] of `n` samples into what `width` units give; what
 * is behind them in a row is 0 before and after. */
void sh_activation_forward (ShActivation activation,
                            const ShKernels *kernels,
                            gsize n,
                            guint width,
                            gsize row,
                            float *y);

/* Turns the gradient by what the units gave, dy [n][row], into that by their
 * sums; y as sh_activation_forward left it. */
void sh_activation_backward (ShActivation activation,
                             const ShKernels *kernels,
                             gsize n,
                             guint width,
                             gsize row,
                             const float *y,
                             float *dy);

G_END_DECLS
