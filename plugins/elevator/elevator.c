/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A lift in a house with five floors. People come, wait, ride and leave; the
 * lift should not let them wait. In a step it moves by a floor, or opens its
 * doors: then everybody who wants to leaves, and those who wait get in, the
 * first to come first, as long as there is room. Never over by itself.
 */

#include <simhost/plugin.h>
#include <simhost/random.h>
#include <stdlib.h>
#include <string.h>

#define N_FLOORS 5
#define MOST_WAITING 9 /* on a floor; who comes then takes the stairs */
#define MOST_RIDING 8

enum
{
  DOWN,
  OPEN,
  UP
};

enum
{
  MIXED,
  MORNING,
  EVENING
};

typedef struct
{
  double arrival_rate;
  int32_t capacity;
  int32_t traffic;
} ElevatorConfig;

typedef struct
{
  int32_t command;
} ElevatorAction;

typedef struct
{
  int32_t floor, direction, passengers;
  int32_t waiting0, waiting1, waiting2, waiting3, waiting4;
  int32_t wanted0, wanted1, wanted2, wanted3, wanted4;
} ElevatorState;

typedef struct
{
  const SimhostHost *host;
  ElevatorConfig config;
  SimhostRandom random;
  int32_t floor, direction;
  int32_t n_passengers, n_waiting[N_FLOORS];
  int32_t wanted[N_FLOORS]; /* how many ride to a floor */
  int8_t wishes[N_FLOORS][MOST_WAITING]; /* where those who wait want to go */
  int32_t n_delivered; /* in the last step */
} Elevator;

static const ElevatorConfig defaults = { .arrival_rate = 0.1,
                                         .capacity = 4,
                                         .traffic = MIXED };

static const SimhostValue traffics[] = { { "mixed", MIXED },
                                         { "morning", MORNING },
                                         { "evening", EVENING } };

static const SimhostField config_fields[] = {
  SIMHOST_FIELD_RANGE (ElevatorConfig,
                       arrival_rate,
                       DOUBLE,
                       0.0,
                       1.0,
                       "",
                       "chance that somebody comes in a step"),
  SIMHOST_FIELD_RANGE (ElevatorConfig,
                       capacity,
                       INT32,
                       1.0,
                       MOST_RIDING,
                       "people",
                       "room in the lift"),
  SIMHOST_FIELD_VALUES (ElevatorConfig,
                        traffic,
                        INT32,
                        traffics,
                        "",
                        "mixed: between all floors; morning: from the "
                        "lowest; evening: to the lowest"),
};

static const SimhostValue commands[] = { { "down", DOWN },
                                         { "open", OPEN },
                                         { "up", UP } };

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_VALUES (ElevatorAction,
                        command,
                        INT32,
                        commands,
                        "",
                        "a floor down or up, or the doors opened"),
};

#define COUNT(NAME, MOST, DESCRIPTION)                                         \
  SIMHOST_FIELD_RANGE (ElevatorState, NAME, INT32, 0.0, MOST, "people",        \
                       DESCRIPTION)

static const SimhostField state_fields[] = {
  SIMHOST_FIELD_RANGE (ElevatorState,
                       floor,
                       INT32,
                       0.0,
                       N_FLOORS - 1,
                       "",
                       "where the lift is; 0: the lowest"),
  SIMHOST_FIELD_RANGE (ElevatorState,
                       direction,
                       INT32,
                       -1.0,
                       1.0,
                       "",
                       "of the last step; 0: it stood still"),
  COUNT (passengers, MOST_RIDING, "in the lift"),
  COUNT (waiting0, MOST_WAITING, "waiting on floor 0"),
  COUNT (waiting1, MOST_WAITING, "waiting on floor 1"),
  COUNT (waiting2, MOST_WAITING, "waiting on floor 2"),
  COUNT (waiting3, MOST_WAITING, "waiting on floor 3"),
  COUNT (waiting4, MOST_WAITING, "waiting on floor 4"),
  COUNT (wanted0, MOST_RIDING, "riding to floor 0"),
  COUNT (wanted1, MOST_RIDING, "riding to floor 1"),
  COUNT (wanted2, MOST_RIDING, "riding to floor 2"),
  COUNT (wanted3, MOST_RIDING, "riding to floor 3"),
  COUNT (wanted4, MOST_RIDING, "riding to floor 4"),
};

static int32_t
create (const SimhostHost *host, void **self)
{
  Elevator *lift = calloc (1, sizeof *lift);

  if (lift == NULL)
    return SIMHOST_ERROR;
  lift->host = host;
  lift->config = defaults;
  *self = lift;
  return SIMHOST_OK;
}

static int32_t
refuse (const Elevator *lift, const char *reason)
{
  lift->host->set_error (lift->host, reason);
  return SIMHOST_ERROR;
}

static int32_t
set_properties (void *self, const void *config)
{
  Elevator *lift = self;
  const ElevatorConfig *wanted = config;

  if (!(wanted->arrival_rate >= 0.0 && wanted->arrival_rate <= 1.0))
    return refuse (lift, "arrival_rate is not between 0 and 1");
  if (wanted->capacity < 1 || wanted->capacity > MOST_RIDING)
    return refuse (lift, "capacity is not between 1 and 8");
  if (wanted->traffic < MIXED || wanted->traffic > EVENING)
    return refuse (lift, "traffic is none of 0 (mixed), 1 (morning), "
                         "2 (evening)");
  lift->config = *wanted;
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  Elevator *lift = self;

  simhost_random_seed (&lift->random, seed);
  lift->floor = (int32_t) simhost_random_below (&lift->random, N_FLOORS);
  lift->direction = 0;
  lift->n_passengers = 0;
  lift->n_delivered = 0;
  memset (lift->n_waiting, 0, sizeof lift->n_waiting);
  memset (lift->wanted, 0, sizeof lift->wanted);
  return SIMHOST_OK;
}

static void
move (Elevator *lift, int32_t direction)
{
  int32_t next = lift->floor + direction;

  if (next < 0 || next >= N_FLOORS)
    direction = 0;
  lift->floor += direction;
  lift->direction = direction;
}

static void
open_doors (Elevator *lift)
{
  int8_t *wishes = lift->wishes[lift->floor];
  int32_t *n_waiting = &lift->n_waiting[lift->floor];
  int32_t n_boarding = 0;

  lift->direction = 0;
  lift->n_delivered = lift->wanted[lift->floor];
  lift->n_passengers -= lift->n_delivered;
  lift->wanted[lift->floor] = 0;

  while (n_boarding < *n_waiting && lift->n_passengers < lift->config.capacity)
    {
      lift->wanted[wishes[n_boarding++]]++;
      lift->n_passengers++;
    }
  *n_waiting -= n_boarding;
  memmove (wishes, wishes + n_boarding, (size_t) *n_waiting);
}

/* Perhaps somebody comes, who is on one floor and wants to another. */
static void
let_come (Elevator *lift)
{
  int32_t from, to;

  if (simhost_random_unit (&lift->random) >= lift->config.arrival_rate)
    return;
  from = (int32_t) simhost_random_below (&lift->random, N_FLOORS);
  to = (int32_t) simhost_random_below (&lift->random, N_FLOORS - 1);
  to += to >= from;
  /* In a rush the lowest floor is one end of each way. */
  if (lift->config.traffic == MORNING)
    {
      to = from > 0 ? from : to;
      from = 0;
    }
  else if (lift->config.traffic == EVENING)
    {
      from = from > 0 ? from : to;
      to = 0;
    }
  if (lift->n_waiting[from] < MOST_WAITING)
    lift->wishes[from][lift->n_waiting[from]++] = (int8_t) to;
}

static int32_t
advance (void *self, const void *action)
{
  Elevator *lift = self;
  int32_t command = ((const ElevatorAction *) action)->command;

  if (command < DOWN || command > UP)
    return refuse (lift, "command is none of 0 (down), 1 (open), 2 (up)");
  lift->n_delivered = 0;
  if (command == OPEN)
    open_doors (lift);
  else
    move (lift, command - 1);
  let_come (lift);
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const Elevator *lift = self;

  *(ElevatorState *) state = (ElevatorState){
    .floor = lift->floor,
    .direction = lift->direction,
    .passengers = lift->n_passengers,
    .waiting0 = lift->n_waiting[0],
    .waiting1 = lift->n_waiting[1],
    .waiting2 = lift->n_waiting[2],
    .waiting3 = lift->n_waiting[3],
    .waiting4 = lift->n_waiting[4],
    .wanted0 = lift->wanted[0],
    .wanted1 = lift->wanted[1],
    .wanted2 = lift->wanted[2],
    .wanted3 = lift->wanted[3],
    .wanted4 = lift->wanted[4],
  };
  *terminal = 0;
  return SIMHOST_OK;
}

static double
quick_service (void *self)
{
  const Elevator *lift = self;
  int32_t n_people = lift->n_passengers;

  for (int i = 0; i < N_FLOORS; i++)
    n_people += lift->n_waiting[i];
  return -0.1 * n_people;
}

static double
delivered (void *self)
{
  return ((const Elevator *) self)->n_delivered;
}

/* Everybody costs in each step until they are there, so that the sum is the
 * time that all of them spend. */
static const SimhostReward rewards[] = {
  { "quick_service", SIMHOST_REWARD_DEFAULT,
    "-0.1 for everybody who waits or rides", quick_service },
  { "delivered", 0, "1 for everybody who gets out", delivered },
};

static const SimhostSimulator elevator = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "elevator",
  .description = "Runs a lift in a house with five floors.",
  .config = SIMHOST_SCHEMA (ElevatorConfig, config_fields, &defaults),
  .action = SIMHOST_SCHEMA (ElevatorAction, action_fields, NULL),
  .state = SIMHOST_SCHEMA (ElevatorState, state_fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = free,
  .set_properties = set_properties,
  .reset = reset,
  .advance = advance,
  .get_state = get_state,
};

SIMHOST_PLUGIN (elevator,
                .id = "org.simhost.elevator",
                .name = "Elevator",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
