inkling "2.0"

# Every key of the records; what some services took under `experiment`, too.
experiment {
  random_seed: "42",
  num_workers: 4,
  env_runners_per_sampler: "10",
  max_step_per_concept: 1000000,
  backend_type: "bonsai",
  "success_termination_window": 10,
  success_termination_threshold: 0.9,
  reward_convergence_termination_threshold: 1e-3
}

type State { x: number, y: number<0 .. 1> }
type Action { push: number<-1 .. 1> }
type Config { x: number<-1 .. 1> }
simulator Cart(Action: Action, Config: Config): State { package "cart" }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      goal (s: State) { drive Middle: s.x in Goal.Range(-0.5, 0.5) }
      training {
        EpisodeIterationLimit: 100, TotalIterationLimit: 1000000, NoProgressIterationLimit: 50000,
        LessonSuccessThreshold: 0.75, LessonAssessmentWindow: 20
      }
      lesson Easy {
        scenario { x: 0 }
        training {
          EpisodeIterationLimit: 50, TotalIterationLimit: 250000, NoProgressIterationLimit: 20000,
          LessonSuccessThreshold: 0.6, LessonAssessmentWindow: 12
        }
      }
      lesson Hard { scenario { x: number<-1 .. 1> } }
    }
  }
}
