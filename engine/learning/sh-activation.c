/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShActivation: the functions, and their slopes as functions of what they gave.
 */

#include "sh-activation.h"

/* 1 / (1 + e^-x) is (1 + tanh (x / 2)) / 2. */
static void
logistic (const ShKernels *kernels, gsize n, guint width, gsize row, float *y)
{
  for (gsize i = 0; i < n * row; i++)
    y[i] *= 0.5f;
  kernels->tanh (n * row, y);
  for (gsize s = 0; s < n; s++)
    for (guint i = 0; i < width; i++)
      y[s * row + i] = 0.5f + 0.5f * y[s * row + i];
}

static void
softmax (const ShKernels *kernels, gsize n, guint width, gsize row, float *y)
{
  for (gsize s = 0; s < n; s++, y += row)
    {
      float largest = y[0], total = 0;

      for (guint i = 1; i < width; i++)
        largest = MAX (largest, y[i]);
      for (guint i = 0; i < width; i++)
        y[i] -= largest;
      kernels->exp (row, y);
      for (guint i = 0; i < width; i++)
        total += y[i];
      for (guint i = 0; i < width; i++)
        y[i] /= total;
      for (gsize i = width; i < row; i++)
        y[i] = 0;
    }
}

void
sh_activation_forward (ShActivation activation,
                       const ShKernels *kernels,
                       gsize n,
                       guint width,
                       gsize row,
                       float *y)
{
  switch (activation)
    {
    case SH_ACTIVATION_LINEAR:
      break;
    case SH_ACTIVATION_RELU:
      kernels->relu (n * row, y);
      break;
    case SH_ACTIVATION_ELU:
      kernels->elu (n * row, y);
      break;
    case SH_ACTIVATION_LOGISTIC:
      logistic (kernels, n, width, row, y);
      break;
    case SH_ACTIVATION_SOFTMAX:
      softmax (kernels, n, width, row, y);
      break;
    case SH_ACTIVATION_TANH:
    default:
      kernels->tanh (n * row, y);
      break;
    }
}

static void
softmax_backward (gsize n, guint width, gsize row, const float *y, float *dy)
{
  for (gsize s = 0; s < n; s++, y += row, dy += row)
    {
      float sum = 0;

      for (guint i = 0; i < width; i++)
        sum += y[i] * dy[i];
      for (guint i = 0; i < width; i++)
        dy[i] = y[i] * (dy[i] - sum);
    }
}

void
sh_activation_backward (ShActivation activation,
                        const ShKernels *kernels,
                        gsize n,
                        guint width,
                        gsize row,
                        const float *y,
                        float *dy)
{
  switch (activation)
    {
    case SH_ACTIVATION_LINEAR:
      break;
    case SH_ACTIVATION_RELU:
      kernels->relu_backward (n * row, y, dy);
      break;
    case SH_ACTIVATION_ELU:
      kernels->elu_backward (n * row, y, dy);
      break;
    case SH_ACTIVATION_LOGISTIC:
      for (gsize i = 0; i < n * row; i++)
        dy[i] *= y[i] * (1 - y[i]);
      break;
    case SH_ACTIVATION_SOFTMAX:
      softmax_backward (n, width, row, y, dy);
      break;
    case SH_ACTIVATION_TANH:
    default:
      kernels->tanh_backward (n * row, y, dy);
      break;
    }
}
