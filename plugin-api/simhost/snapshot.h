/* SPDX-License-Identifier: MIT */

/*
 * The extension simhost.snapshot/1: an instance in mid-episode as bytes, and
 * back, in this or in another instance of the same simulator.
 *
 * A simulator that has it returns a SimhostSnapshot from get_extension (see
 * plugin.h) for SIMHOST_SNAPSHOT_ID; the struct lives as long as the plugin.
 * Contract tags are those of plugin.h.
 *
 * What is restored goes on exactly as the original did: the same actions give
 * the same states, rewards and terminals, to the last bit. So everything that
 * matters is in the bytes: the properties, the state, the generator of random
 * numbers, what a reward needs. A simulator that cannot do this, because a
 * library keeps to itself what it knows, goes without the extension.
 *
 * The bytes are for the machine and the version they were made by, and are not
 * to be trusted: they may come from a file. They begin with a tag.
 */

#ifndef SIMHOST_SNAPSHOT_H
#define SIMHOST_SNAPSHOT_H

#include <simhost/plugin.h>
#include <string.h>

SIMHOST_BEGIN_DECLS

#define SIMHOST_SNAPSHOT_ID "simhost.snapshot/1"

/* No snapshot has more bytes. */
#define SIMHOST_SNAPSHOT_MAX_SIZE (64u * 1024u * 1024u)

/* "SNAP" in the order of a little-endian machine's bytes. */
#define SIMHOST_SNAPSHOT_MAGIC 0x50414e53u

/* The first eight bytes of every snapshot. */
typedef struct
{
  uint32_t magic; /* SIMHOST_SNAPSHOT_MAGIC */
  uint32_t version; /* SimhostSnapshot.version */
} SimhostSnapshotTag;

typedef struct
{
  uint32_t struct_size; /* sizeof (SimhostSnapshot) */

  /* Of what the bytes mean: another one whenever that changes. */
  uint32_t version;

  /*
   * [sim] OBSERVED, TERMINAL: the bytes that save will write, from
   * sizeof (SimhostSnapshotTag) to SIMHOST_SNAPSHOT_MAX_SIZE.
   */
  uint64_t (*get_size) (void *self);

  /*
   * [sim] OBSERVED, TERMINAL, after get_size without a call between: writes
   * exactly the `size` bytes that get_size said. Changes nothing that anybody
   * could see later.
   */
  int32_t (*save) (void *self, void *data, uint64_t size);

  /*
   * [sim] OBSERVED, TERMINAL: puts the instance where the one that was saved
   * had been, properties included; the host calls get_state next (the state is
   * STARTED), and set_properties before another episode. Bytes that do not fit
   * (a wrong size, another tag, a value out of its bounds) are refused with
   * SIMHOST_DISCARD and a reason, and the instance is as before. No bytes may
   * make it crash, now or later. `data` has any alignment and is gone when the
   * call returns.
   */
  int32_t (*restore) (void *self, const void *data, uint64_t size);
} SimhostSnapshot;

static inline SimhostSnapshotTag
simhost_snapshot_tag (uint32_t version)
{
  SimhostSnapshotTag tag;

  tag.magic = SIMHOST_SNAPSHOT_MAGIC;
  tag.version = version;
  return tag;
}

/*
 * For a snapshot that is one struct of `expected` bytes: copies it to `saved`.
 * 0, and nothing is copied, if size or tag are others. What the struct's
 * members hold remains to be looked at.
 */
static inline int
simhost_snapshot_read (const void *data,
                       uint64_t size,
                       uint32_t version,
                       void *saved,
                       size_t expected)
{
  const SimhostSnapshotTag tag = simhost_snapshot_tag (version);

  if (size != expected || expected < sizeof tag ||
      memcmp (data, &tag, sizeof tag) != 0)
    return 0;
  memcpy (saved, data, expected);
  return 1;
}

SIMHOST_END_DECLS

#endif /* SIMHOST_SNAPSHOT_H */
