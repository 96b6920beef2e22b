/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A bump allocator over a list of blocks, newest first. A message that needed
 * several blocks makes the next one find a single block of their joint size.
 */

#include "sh-arena.h"

#include <stdlib.h>

#define ALIGNMENT 16u
#define FIRST_BLOCK 4096u
/* A block kept between messages is no larger than this: one huge message does
 * not make its connection hold the memory for good. */
#define MAX_KEPT (1024u * 1024)

typedef struct Block Block;
struct Block
{
  Block *next;
  gsize size; /* of data */
  _Alignas(ALIGNMENT) guint8 data[];
};

struct ShArena
{
  ProtobufCAllocator allocator;
  gsize limit;
  Block *blocks;
  gsize used; /* of the first block */
  gsize total; /* of all blocks */
};

/* malloc, not g_malloc: memory that a peer makes us want may be missing. */
static gboolean
add_block (ShArena *arena, gsize size)
{
  Block *block;

  if (size > arena->limit - arena->total)
    size = arena->limit - arena->total;
  block = size > 0 ? malloc (sizeof *block + size) : NULL;
  if (block == NULL)
    return FALSE;
  block->next = arena->blocks;
  block->size = size;
  arena->blocks = block;
  arena->total += size;
  arena->used = 0;
  return TRUE;
}

static void *
arena_alloc (void *data, size_t size)
{
  ShArena *arena = data;
  gsize room;
  void *result;

  if (size > arena->limit)
    return NULL;
  size = (MAX (size, 1) + ALIGNMENT - 1) & ~(gsize) (ALIGNMENT - 1);
  room = arena->blocks != NULL ? arena->blocks->size - arena->used : 0;
  if (size > room)
    {
      gsize wanted = MAX (MAX (size, arena->total), FIRST_BLOCK);

      if (!add_block (arena, wanted) || size > arena->blocks->size)
        return NULL;
    }
  result = arena->blocks->data + arena->used;
  arena->used += size;
  return result;
}

static void
arena_ignore_free (void *data, void *pointer)
{
}

static void
free_blocks (ShArena *arena)
{
  while (arena->blocks != NULL)
    {
      Block *next = arena->blocks->next;

      free (arena->blocks);
      arena->blocks = next;
    }
  arena->total = arena->used = 0;
}

ShArena *
sh_arena_new (gsize limit)
{
  ShArena *arena = g_new0 (ShArena, 1);

  arena->limit = MIN (limit, G_MAXSSIZE);
  arena->allocator.alloc = arena_alloc;
  arena->allocator.free = arena_ignore_free;
  arena->allocator.allocator_data = arena;
  return arena;
}

void
sh_arena_free (ShArena *arena)
{
  if (arena == NULL)
    return;
  free_blocks (arena);
  g_free (arena);
}

ProtobufCAllocator *
sh_arena_get_allocator (ShArena *arena)
{
  g_return_val_if_fail (arena != NULL, NULL);

  return &arena->allocator;
}

void
sh_arena_reset (ShArena *arena)
{
  g_return_if_fail (arena != NULL);

  arena->used = 0;
  if (arena->blocks != NULL &&
      (arena->blocks->next != NULL || arena->total > MAX_KEPT))
    {
      gsize size = MIN (arena->total, MAX_KEPT);

      free_blocks (arena);
      add_block (arena, size);
    }
}
