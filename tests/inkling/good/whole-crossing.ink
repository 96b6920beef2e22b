inkling "2.0"
experiment { random_seed: "42", num_workers: "4", env_runners_per_sampler: "10" }
using Math using Goal
type Phase number<NorthSouth = 0, EastWest = 1, AllRed = 2>
type Queue { cars: Number.UInt16, wait: number<0..600> }
type SimState { north: Queue, south: Queue, east: Queue, west: Queue, phase: Phase, elapsed: number }
type Action { next: Phase }
type Config { arrivals: number<0.05, 0.1, 0.25, 0.5>, rush: Number.Bool, seed: Number.UInt32 }
simulator Crossing(Action: Action, Config: Config): SimState {}
function Longest(s: SimState): number { return Math.Max(s.north.wait, s.south.wait, s.east.wait, s.west.wait) }
function Mask(s: SimState) {
  if s.elapsed < 5 { return constraint Action { next: Phase<in [s.phase]> } }
  return constraint Action { next: Phase<in [Phase.NorthSouth, Phase.EastWest, Phase.AllRed]> }
}
graph (input: SimState): Action {
  concept Signal(input): Action {
    curriculum {
      source Crossing
      mask Mask
      goal (s: SimState) {
        minimize Wait weight 3: Longest(s) in Goal.RangeBelow(60)
        avoid Jam: s.north.cars + s.south.cars + s.east.cars + s.west.cars in Goal.RangeAbove(200)
        drive Balance: [s.north.wait - s.south.wait, s.east.wait - s.west.wait] in Goal.Box([-30, 30], [-30, 30]) within 20
      }
      training { EpisodeIterationLimit: 720, LessonSuccessThreshold: 0.7, }
      lesson Night { scenario { arrivals: 0.05, rush: false, seed: Number.UInt32<0 .. 1000 step 1> } training { LessonAssessmentWindow: 20 } }
      lesson Day { scenario { arrivals: number<0.1, 0.25>, rush: false } }
      lesson Rush { scenario { arrivals: number<0.25, 0.5>, rush: true } training { LessonSuccessThreshold: .6 } }
    }
  }
}
