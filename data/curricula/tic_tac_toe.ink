# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Play tic-tac-toe.
#
#   simhost train tic_tac_toe.ink
#   simhost predict tic_tac_toe --simulator tic_tac_toe

inkling "2.0"

type Board {
    top_left: number<Free = 0, Own = 1, Other = 2>,
    top: number<Free = 0, Own = 1, Other = 2>,
    top_right: number<Free = 0, Own = 1, Other = 2>,
    left: number<Free = 0, Own = 1, Other = 2>,
    center: number<Free = 0, Own = 1, Other = 2>,
    right: number<Free = 0, Own = 1, Other = 2>,
    bottom_left: number<Free = 0, Own = 1, Other = 2>,
    bottom: number<Free = 0, Own = 1, Other = 2>,
    bottom_right: number<Free = 0, Own = 1, Other = 2>,
}

type Move {
    place: number<
        TopLeft = 0, Top = 1, TopRight = 2,
        Left = 3, Center = 4, Right = 5,
        BottomLeft = 6, Bottom = 7, BottomRight = 8,
    >,
}

type GameConfig {
    opponent: number<Random = 0, Perfect = 1>,
    first: number<Brain = 0, Opponent = 1, Either = 2>,
}

simulator tic_tac_toe(action: Move, config: GameConfig): Board {
}

graph (input: Board): Move {
    concept win(input): Move {
        curriculum {
            source tic_tac_toe

            # 1 for a game that is won, -1 for one that is lost.
            training {
                EpisodeIterationLimit: 9,
                LessonAssessmentWindow: 300,
                NoProgressIterationLimit: 1000000,
            }

            # Good play nearly always wins against stones set at random.
            lesson `against chance` {
                training {
                    LessonRewardThreshold: 0.85,
                }
                scenario {
                    opponent: 0,
                    first: 2,
                }
            }

            # Against an opponent without mistakes it draws; a test allows for
            # three games of 300 lost.
            lesson `against the best` {
                training {
                    LessonRewardThreshold: -0.01,
                }
                scenario {
                    opponent: 1,
                    first: 2,
                }
            }

            # And forgets neither: of the games against chance it wins nine of
            # ten.
            lesson `against both` {
                training {
                    LessonRewardThreshold: 0.455,
                    LessonAssessmentWindow: 600,
                }
                scenario {
                    opponent: number<Random = 0, Perfect = 1>,
                    first: 2,
                }
            }
        }
    }
}
