# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Open the valve of a tank so that it neither runs dry nor spills.
#
#   simhost train water_tank.ink
#   simhost predict water_tank --simulator water_tank

inkling "2.0"

type WaterTankState {
    level: Number.Float32,
    demand: Number.Float32<0 .. 0.4>,
}

type WaterTankAction {
    inflow: Number.Float32<0 .. 0.4>,
}

type WaterTankConfig {
    level: Number.Float32<0.5 .. 3.5>,
    demand: Number.Float32<0.1 .. 0.3>,
}

simulator water_tank(action: WaterTankAction, config: WaterTankConfig): WaterTankState {
}

graph (input: WaterTankState): WaterTankAction {
    concept keep_level(input): WaterTankAction {
        curriculum {
            source water_tank

            # 100 would be the level wanted at every minute; it starts elsewhere.
            training {
                EpisodeIterationLimit: 100,
                LessonRewardThreshold: 90,
                LessonAssessmentWindow: 50,
            }

            lesson everyday {
                scenario {
                    level: Number.Float32<0.5 .. 3.5>,
                    demand: Number.Float32<0.1 .. 0.3>,
                }
            }
        }
    }
}
