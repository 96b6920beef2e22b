# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Offer readers what they like to read.
#
#   simhost train news_desk.ink
#   simhost predict news_desk --simulator news_desk

inkling "2.0"

type NewsDeskState {
    last_read: Number.Int32<politics = 0, sports = 1, science = 2, arts = 3>,
    last_offered: Number.Int32<politics = 0, sports = 1, science = 2, arts = 3>,
    ignored: Number.Int32<0 .. 4>,
}

type NewsDeskAction {
    topic: Number.Int32<politics = 0, sports = 1, science = 2, arts = 3>,
}

type NewsDeskConfig {
    fickleness: Number.Float32<0 .. 1>,
}

simulator news_desk(action: NewsDeskAction, config: NewsDeskConfig): NewsDeskState {
}

graph (input: NewsDeskState): NewsDeskAction {
    concept please_readers(input): NewsDeskAction {
        curriculum {
            source news_desk

            # Offering by chance earns about 3 in a visit. The visits that the
            # editor serves count, and earn no more than that.
            training {
                EpisodeIterationLimit: 50,
                LessonRewardThreshold: 11,
                LessonAssessmentWindow: 100,
            }

            lesson everyday {
                scenario {
                    fickleness: 0.1,
                }
            }
        }
    }
}
