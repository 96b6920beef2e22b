/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Shared memory of a muscle. Pages that nobody touches are not there, so that
 * room for what seldom happens (`last`) costs nothing.
 */

#include "sh-muscle-memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh-error.h"
#include "sh-fd.h"

/* Of each part. */
#define ALIGNMENT 64u
/* Bytes in all: what a mistake in the arithmetic cannot pass. */
#define MAX_SIZE (G_GUINT64_CONSTANT (1) << 40)

/* Bytes of one step of one instance. */
static gsize
get_step_size (const ShMuscleShape *shape)
{
  return (2 * (gsize) shape->n_observations + shape->n_actions + 3) *
             sizeof (float) +
         sizeof (double) + 1 + 2 * (gsize) shape->mask_size +
         shape->n_objectives * sizeof (ShOutcome);
}

guint
sh_muscle_memory_limit_steps (const ShMuscleShape *shape, guint n_steps)
{
  gsize row = shape->n_instances * get_step_size (shape);

  return (guint) CLAMP (SH_MUSCLE_MEMORY_ROWS / row, 1, n_steps);
}

/* The next part, of `n` elements of `size` bytes. */
static gpointer
place (ShMuscleMemory *memory, guint64 n, gsize size)
{
  gsize offset = memory->size;

  if (n > MAX_SIZE / size)
    n = MAX_SIZE / size;
  memory->size += (n * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  return memory->base != NULL ? memory->base + offset : NULL;
}

/* Works out the size and, once there is a base, the parts. */
static void
lay_out (ShMuscleMemory *memory)
{
  const ShMuscleShape *shape = &memory->shape;
  ShRolloutRows *rows = &memory->rows;
  guint64 n = (guint64) shape->n_instances * shape->n_steps;
  guint64 more = n + shape->n_instances;

  memory->size = 0;
  rows->n_steps = shape->n_steps;
  memory->parameters = place (memory, shape->n_parameters, sizeof (float));
  memory->program = place (memory, shape->program_size, 1);
  memory->policy = place (memory, shape->policy_size, 1);
  memory->before = place (memory, shape->before_size, 1);
  rows->observations =
      place (memory, more * shape->n_observations, sizeof (float));
  rows->last = place (memory, n * shape->n_observations, sizeof (float));
  if (shape->mask_size > 0)
    {
      rows->masks = place (memory, more * shape->mask_size, 1);
      rows->last_masks = place (memory, n * shape->mask_size, 1);
    }
  rows->actions = place (memory, n * shape->n_actions, sizeof (float));
  rows->log_probs = place (memory, n, sizeof (float));
  rows->values = place (memory, n, sizeof (float));
  rows->rewards = place (memory, n, sizeof (float));
  rows->earned = place (memory, n, sizeof (double));
  rows->ends = place (memory, n, 1);
  rows->outcomes = place (memory, n * shape->n_objectives, sizeof (ShOutcome));
}

static gboolean
map (ShMuscleMemory *memory, int fd, GError **error)
{
  void *base =
      mmap (NULL, memory->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

  if (base == MAP_FAILED)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "cannot map %" G_GSIZE_FORMAT " bytes of memory: %s",
                   memory->size, g_strerror (errno));
      return FALSE;
    }
  memory->base = base;
  lay_out (memory);
  return TRUE;
}

static ShMuscleMemory *
memory_new (const ShMuscleShape *shape)
{
  ShMuscleMemory *memory = g_new0 (ShMuscleMemory, 1);

  memory->fd = -1;
  memory->shape = *shape;
  lay_out (memory);
  return memory;
}

ShMuscleMemory *
sh_muscle_memory_new (const ShMuscleShape *shape, GError **error)
{
  g_autoptr (ShMuscleMemory) memory = memory_new (shape);

  if (memory->size >= MAX_SIZE)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "%u simulations of %u observed numbers are more than fit in "
                   "memory",
                   shape->n_instances, shape->n_observations);
      return NULL;
    }
  memory->fd = memfd_create ("simhost-muscle", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (memory->fd < 0 || ftruncate (memory->fd, (off_t) memory->size) != 0 ||
      fcntl (memory->fd, F_ADD_SEALS,
             F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "cannot share memory with a muscle: %s", g_strerror (errno));
      return NULL;
    }
  return map (memory, memory->fd, error) ? g_steal_pointer (&memory) : NULL;
}

ShMuscleMemory *
sh_muscle_memory_map (const ShMuscleShape *shape, int fd, GError **error)
{
  g_autoptr (ShMuscleMemory) memory = memory_new (shape);
  struct stat info;

  if (fstat (fd, &info) != 0 || info.st_size != (off_t) memory->size)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_FAILED,
                           "the memory is not of the size that was told");
      return NULL;
    }
  return map (memory, fd, error) ? g_steal_pointer (&memory) : NULL;
}

void
sh_muscle_memory_free (ShMuscleMemory *memory)
{
  if (memory == NULL)
    return;
  if (memory->base != NULL)
    munmap (memory->base, memory->size);
  sh_fd_clear (&memory->fd);
  g_free (memory);
}
