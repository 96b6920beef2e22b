#! 21:32-33: error: EpisodeIterationLimit must be a whole number from 1 to 9007199254740992, not 0
#! 22:30-33: error: TotalIterationLimit must be a whole number from 1 to 9007199254740992, not 1.5
#! 23:35-41: error: a number is needed here, not a text
#! 24:33-40: error: LessonAssessmentWindow must be a whole number from 1 to 1000000, not 10000000
#! 25:32-35: error: a number is needed here, not an array
#! 26:33-34: error: LessonSuccessThreshold must be from 0 to 1

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      training {
        EpisodeIterationLimit: 0,
        TotalIterationLimit: 1.5,
        NoProgressIterationLimit: "many",
        LessonAssessmentWindow: 10 ** 7,
        LessonRewardThreshold: [1],
        LessonSuccessThreshold: 2,
      }
    }
  }
}
