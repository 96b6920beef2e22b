/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A newspaper's page: readers come, a few at the same time, and each is offered
 * one story after the other. Offer what they like to read.
 *
 * It is an example of a program that owns its loop: an episode is a reader's
 * visit, from the first page to the last, and the program says when one begins
 * and ends. Some visits it handles in other ways, as real programs must:
 *
 *   one in ten   the editor chooses the stories; the brain learns from that
 *   one in ten   a colleague reads; nothing is to be learnt from that
 *
 * A reader likes one topic: the first one read, and with some chance another.
 * A story of that topic is read, others are seldom. Who is shown four stories
 * in a row that are not read leaves; so does everybody after twenty.
 */

#include <simhost/external.h>
#include <simhost/random.h>
#include <stdlib.h>
#include <string.h>

#define N_TOPICS 4u
#define N_READERS 4
#define MOST_PAGES 20
#define PATIENCE 4

typedef struct
{
  float fickleness;
} NewsDeskConfig;

typedef struct
{
  int32_t topic;
} NewsDeskAction;

typedef struct
{
  int32_t last_read; /* topic */
  int32_t last_offered; /* topic */
  int32_t ignored; /* stories in a row */
} NewsDeskState;

/* A visit; one that is not open has an empty id. */
typedef struct
{
  char id[SIMHOST_EXTERNAL_MAX_ID + 1];
  SimhostRandom random;
  NewsDeskState state;
  int32_t taste;
  int pages;
  int by_editor;
  double fickleness;
} Reader;

typedef struct
{
  const SimhostHost *host;
  Reader readers[N_READERS];
  uint32_t n_visits;
} NewsDesk;

static const NewsDeskConfig defaults = { .fickleness = 0.1f };

static const SimhostField config_fields[] = {
  SIMHOST_FIELD_RANGE (NewsDeskConfig,
                       fickleness,
                       FLOAT,
                       0.0,
                       1.0,
                       "",
                       "chance that a reader likes another topic next"),
};

static const SimhostValue topics[] = { { "politics", 0 },
                                       { "sports", 1 },
                                       { "science", 2 },
                                       { "arts", 3 } };

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_VALUES (NewsDeskAction,
                        topic,
                        INT32,
                        topics,
                        "",
                        "offered next"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD_VALUES (NewsDeskState, last_read, INT32, topics, "", "topic"),
  SIMHOST_FIELD_VALUES (NewsDeskState,
                        last_offered,
                        INT32,
                        topics,
                        "",
                        "topic"),
  SIMHOST_FIELD_RANGE (NewsDeskState,
                       ignored,
                       INT32,
                       0,
                       PATIENCE,
                       "",
                       "stories in a row that were not read"),
};

static const SimhostReward rewards[] = {
  { "reads", SIMHOST_REWARD_DEFAULT, "1 for a story that is read", NULL },
};

/* Somebody comes. What kind of visit it is the program knows beforehand. */
static int32_t
welcome (NewsDesk *desk, Reader *reader, SimhostExternal *external)
{
  SimhostEpisode episode = { .struct_size = sizeof episode };
  uint32_t kind = desk->n_visits++ % 10;
  int32_t status =
      external->start_episode (external, NULL, kind != 9, &episode);

  if (status != SIMHOST_EXTERNAL_OK)
    return status;
  memcpy (reader->id, episode.id, sizeof reader->id);
  simhost_random_seed (&reader->random, episode.seed);
  reader->fickleness =
      (double) ((const NewsDeskConfig *) episode.config)->fickleness;
  reader->by_editor = kind == 4;
  reader->taste = (int32_t) simhost_random_below (&reader->random, N_TOPICS);
  reader->state = (NewsDeskState){ reader->taste, reader->taste, 0 };
  reader->pages = 0;
  return status;
}

/* What is offered next; the editor has one topic after the other. */
static int32_t
choose (Reader *reader, SimhostExternal *external, NewsDeskAction *action)
{
  if (!reader->by_editor)
    return external->get_action (external, reader->id, &reader->state, action);
  action->topic = reader->pages % (int) N_TOPICS;
  return external->log_action (external, reader->id, &reader->state, action);
}

/* Whether the story is read. */
static int
offer (Reader *reader, int32_t topic)
{
  double chance = topic == reader->taste ? 0.9 : 0.1;
  int is_read = simhost_random_uniform (&reader->random, 0.0, 1.0) < chance;

  reader->pages++;
  reader->state.last_offered = topic;
  reader->state.ignored = is_read ? 0 : reader->state.ignored + 1;
  if (is_read)
    reader->state.last_read = topic;
  if (simhost_random_uniform (&reader->random, 0.0, 1.0) < reader->fickleness)
    reader->taste = (int32_t) simhost_random_below (&reader->random, N_TOPICS);
  return is_read;
}

/* One page for one reader. */
static int32_t
serve (Reader *reader, SimhostExternal *external)
{
  NewsDeskAction action;
  int32_t status = choose (reader, external, &action);

  if (status != SIMHOST_EXTERNAL_OK)
    return status;
  external->log_returns (external, reader->id,
                         offer (reader, action.topic) ? 1.0 : 0.0, NULL);
  if (reader->pages < MOST_PAGES && reader->state.ignored < PATIENCE)
    return status;
  status = external->end_episode (external, reader->id, &reader->state);
  reader->id[0] = '\0';
  return status;
}

static int32_t
run (void *self, SimhostExternal *external)
{
  NewsDesk *desk = self;

  for (int i = 0;; i = (i + 1) % N_READERS)
    {
      Reader *reader = &desk->readers[i];
      int32_t status = reader->id[0] == '\0' ? welcome (desk, reader, external)
                                             : serve (reader, external);

      switch (status)
        {
        case SIMHOST_EXTERNAL_OK:
          break;
        case SIMHOST_EXTERNAL_FINISHED:
          return SIMHOST_OK;
        case SIMHOST_EXTERNAL_OVER:
        case SIMHOST_EXTERNAL_TIMEOUT:
          /* The visit is lost; somebody else will come. */
          reader->id[0] = '\0';
          break;
        default:
          desk->host->set_error (desk->host, external->get_error (external));
          return SIMHOST_ERROR;
        }
    }
}

static int32_t
create (const SimhostHost *host, void **self)
{
  NewsDesk *desk = calloc (1, sizeof *desk);

  if (desk == NULL)
    return SIMHOST_ERROR;
  desk->host = host;
  *self = desk;
  return SIMHOST_OK;
}

static const SimhostExternalProgram program = {
  .struct_size = sizeof (SimhostExternalProgram),
  .max_concurrent = N_READERS,
  .run = run,
};

static const void *
get_extension (const char *id)
{
  return strcmp (id, SIMHOST_EXTERNAL) == 0 ? &program : NULL;
}

static const SimhostSimulator news_desk = {
  .struct_size = sizeof (SimhostSimulator),
  .flags = SIMHOST_SIMULATOR_EXTERNAL,
  .name = "news_desk",
  .description = "Offers stories to readers; has episodes of its own.",
  .config = SIMHOST_SCHEMA (NewsDeskConfig, config_fields, &defaults),
  .action = SIMHOST_SCHEMA (NewsDeskAction, action_fields, NULL),
  .state = SIMHOST_SCHEMA (NewsDeskState, state_fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = free,
  .get_extension = get_extension,
};

SIMHOST_PLUGIN (news_desk,
                .id = "org.simhost.news_desk",
                .name = "News desk",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
