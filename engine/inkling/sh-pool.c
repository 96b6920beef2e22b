/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A list of blocks; the newest has room at its end. What does not fit a block
 * gets one of its own.
 */

#include "sh-pool.h"

#include <stddef.h>
#include <string.h>

#define BLOCK_SIZE (16u * 1024)
#define ALIGNMENT G_ALIGNOF (max_align_t)

typedef struct Block Block;

struct Block
{
  Block *next;
  max_align_t memory[];
};

struct ShPool
{
  Block *blocks;
  char *free; /* the room in the newest block */
  gsize room;
};

ShPool *
sh_pool_new (void)
{
  return g_new0 (ShPool, 1);
}

void
sh_pool_free (ShPool *self)
{
  g_return_if_fail (self != NULL);

  while (self->blocks != NULL)
    {
      Block *block = self->blocks;

      self->blocks = block->next;
      g_free (block);
    }
  g_free (self);
}

static char *
add_block (ShPool *self, gsize size)
{
  Block *block = g_malloc0 (sizeof (Block) + size);

  block->next = self->blocks;
  self->blocks = block;
  return (char *) block->memory;
}

gpointer
sh_pool_alloc (ShPool *self, gsize size)
{
  char *memory;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (size < G_MAXSIZE / 2, NULL);

  size = (MAX (size, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (size > BLOCK_SIZE / 4)
    return add_block (self, size);
  if (size > self->room)
    {
      self->free = add_block (self, BLOCK_SIZE);
      self->room = BLOCK_SIZE;
    }
  memory = self->free;
  self->free += size;
  self->room -= size;
  return memory;
}

char *
sh_pool_strdup (ShPool *self, const char *text)
{
  gsize size = strlen (text) + 1;

  return memcpy (sh_pool_alloc (self, size), text, size);
}
