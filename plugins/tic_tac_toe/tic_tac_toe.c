/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Tic-tac-toe against a player that sets stones at random, or against one that
 * makes no mistakes. A step is a stone of the brain's and the answer to it. Who
 * sets a stone on a place that is taken has lost.
 */

#include <simhost/plugin.h>
#include <simhost/random.h>
#include <stdlib.h>
#include <string.h>

#define N_PLACES 9
#define N_BOARDS 19683 /* 3 to the 9th */

/* What lies on a place. */
enum
{
  FREE,
  OWN,
  OTHER
};

enum
{
  RANDOM,
  PERFECT
};

enum
{
  BRAIN,
  OPPONENT,
  EITHER
};

typedef struct
{
  int32_t opponent, first;
} TicTacToeConfig;

typedef struct
{
  int32_t place;
} TicTacToeAction;

typedef struct
{
  uint8_t top_left, top, top_right;
  uint8_t left, center, right;
  uint8_t bottom_left, bottom, bottom_right;
} TicTacToeState;

_Static_assert(sizeof (TicTacToeState) == N_PLACES, "a byte for each place");

typedef struct
{
  const SimhostHost *host;
  TicTacToeConfig config;
  SimhostRandom random;
  uint8_t board[N_PLACES];
  uint8_t over;
  double result; /* 1 won, 0 drawn, -1 lost */
  /* What each board is worth to who moves next, plus 2; 0: not known yet. */
  uint8_t worth[2][N_BOARDS];
} TicTacToe;

static const TicTacToeConfig defaults = { .opponent = RANDOM, .first = EITHER };

static const SimhostValue opponents[] = { { "random", RANDOM },
                                          { "perfect", PERFECT } };
static const SimhostValue players[] = { { "brain", BRAIN },
                                        { "opponent", OPPONENT },
                                        { "either", EITHER } };

static const SimhostField config_fields[] = {
  SIMHOST_FIELD_VALUES (TicTacToeConfig,
                        opponent,
                        INT32,
                        opponents,
                        "",
                        "how well the opponent plays"),
  SIMHOST_FIELD_VALUES (TicTacToeConfig,
                        first,
                        INT32,
                        players,
                        "",
                        "who sets the first stone"),
};

static const SimhostValue places[] = {
  { "top_left", 0 },    { "top", 1 },    { "top_right", 2 },
  { "left", 3 },        { "center", 4 }, { "right", 5 },
  { "bottom_left", 6 }, { "bottom", 7 }, { "bottom_right", 8 },
};

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_VALUES (TicTacToeAction,
                        place,
                        INT32,
                        places,
                        "",
                        "where to set a stone"),
};

static const SimhostValue stones[] = { { "free", FREE },
                                       { "own", OWN },
                                       { "other", OTHER } };

#define PLACE(NAME)                                                            \
  SIMHOST_FIELD_VALUES (TicTacToeState, NAME, UINT8, stones, "", "whose stone")

static const SimhostField state_fields[] = {
  PLACE (top_left),    PLACE (top),    PLACE (top_right),
  PLACE (left),        PLACE (center), PLACE (right),
  PLACE (bottom_left), PLACE (bottom), PLACE (bottom_right),
};

static int32_t
create (const SimhostHost *host, void **self)
{
  TicTacToe *game = calloc (1, sizeof *game);

  if (game == NULL)
    return SIMHOST_ERROR;
  game->host = host;
  game->config = defaults;
  *self = game;
  return SIMHOST_OK;
}

static int32_t
set_properties (void *self, const void *config)
{
  TicTacToe *game = self;
  const TicTacToeConfig *wanted = config;

  if (wanted->opponent < RANDOM || wanted->opponent > PERFECT)
    {
      game->host->set_error (game->host,
                             "opponent is neither 0 (random) nor 1 (perfect)");
      return SIMHOST_ERROR;
    }
  if (wanted->first < BRAIN || wanted->first > EITHER)
    {
      game->host->set_error (game->host, "first is none of 0 (brain), "
                                         "1 (opponent), 2 (either)");
      return SIMHOST_ERROR;
    }
  game->config = *wanted;
  return SIMHOST_OK;
}

static int
has_line (const uint8_t *board, uint8_t stone)
{
  static const uint8_t lines[][3] = {
    { 0, 1, 2 }, { 3, 4, 5 }, { 6, 7, 8 }, { 0, 3, 6 },
    { 1, 4, 7 }, { 2, 5, 8 }, { 0, 4, 8 }, { 2, 4, 6 },
  };

  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
    if (board[lines[i][0]] == stone && board[lines[i][1]] == stone &&
        board[lines[i][2]] == stone)
      return 1;
  return 0;
}

static int
is_full (const uint8_t *board)
{
  return memchr (board, FREE, N_PLACES) == NULL;
}

/* What the board is worth to `mover`, who moves next, if nobody makes a
 * mistake: 1 won, 0 drawn, -1 lost. */
static int
assess (TicTacToe *game, uint8_t mover)
{
  const uint8_t waiter = mover == OWN ? OTHER : OWN;
  uint32_t code = 0;
  int best = -1;

  if (has_line (game->board, waiter))
    return -1;
  if (is_full (game->board))
    return 0;

  for (int i = 0; i < N_PLACES; i++)
    code = 3 * code + game->board[i];
  uint8_t *known = &game->worth[mover == OWN][code];
  if (*known != 0)
    return *known - 2;

  for (int i = 0; i < N_PLACES; i++)
    if (game->board[i] == FREE)
      {
        game->board[i] = mover;
        int worth = -assess (game, waiter);
        game->board[i] = FREE;
        best = worth > best ? worth : best;
      }
  *known = (uint8_t) (best + 2);
  return best;
}

/* The opponent sets a stone: on any free place, or on any of the best. */
static void
answer (TicTacToe *game)
{
  int chosen[N_PLACES];
  uint32_t n_chosen = 0;
  int best = game->config.opponent == PERFECT ? assess (game, OTHER) : 0;

  for (int i = 0; i < N_PLACES; i++)
    if (game->board[i] == FREE)
      {
        game->board[i] = OTHER;
        if (game->config.opponent == RANDOM || -assess (game, OWN) == best)
          chosen[n_chosen++] = i;
        game->board[i] = FREE;
      }
  game->board[chosen[simhost_random_below (&game->random, n_chosen)]] = OTHER;
}

static void
finish (TicTacToe *game, double result)
{
  game->over = 1;
  game->result = result;
}

static int32_t
reset (void *self, uint64_t seed)
{
  TicTacToe *game = self;
  int32_t first = game->config.first;

  simhost_random_seed (&game->random, seed);
  memset (game->board, FREE, sizeof game->board);
  game->over = 0;
  game->result = 0.0;
  if (first == EITHER)
    first = (int32_t) simhost_random_below (&game->random, 2);
  if (first == OPPONENT)
    answer (game);
  return SIMHOST_OK;
}

static int32_t
advance (void *self, const void *action)
{
  TicTacToe *game = self;
  int32_t place = ((const TicTacToeAction *) action)->place;

  if (place < 0 || place >= N_PLACES)
    {
      game->host->set_error (game->host,
                             "place is none of 0 (top_left), 1 (top), "
                             "2 (top_right), 3 (left), 4 (center), 5 (right), "
                             "6 (bottom_left), 7 (bottom), 8 (bottom_right)");
      return SIMHOST_ERROR;
    }
  if (game->board[place] != FREE)
    {
      finish (game, -1.0);
      return SIMHOST_OK;
    }

  game->board[place] = OWN;
  if (has_line (game->board, OWN))
    finish (game, 1.0);
  else if (is_full (game->board))
    finish (game, 0.0);
  else
    {
      answer (game);
      if (has_line (game->board, OTHER))
        finish (game, -1.0);
      else if (is_full (game->board))
        finish (game, 0.0);
    }
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const TicTacToe *game = self;

  memcpy (state, game->board, sizeof game->board);
  *terminal = game->over;
  return SIMHOST_OK;
}

static double
win (void *self)
{
  return ((const TicTacToe *) self)->result;
}

static const SimhostReward rewards[] = {
  { "win", SIMHOST_REWARD_DEFAULT,
    "1 for a game that is won, -1 for one that is lost, else 0", win },
};

static const SimhostSimulator tic_tac_toe = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "tic_tac_toe",
  .description = "Plays tic-tac-toe.",
  .config = SIMHOST_SCHEMA (TicTacToeConfig, config_fields, &defaults),
  .action = SIMHOST_SCHEMA (TicTacToeAction, action_fields, NULL),
  .state = SIMHOST_SCHEMA (TicTacToeState, state_fields, NULL),
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

SIMHOST_PLUGIN (tic_tac_toe,
                .id = "org.simhost.tic_tac_toe",
                .name = "Tic-tac-toe",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
