inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

experiment {
  random_seed: "42",
  num_workers: 4,
  nested: { a: [1, "b", { c: 2 }] },
}

graph (input: State): Action {
  concept Drive(input): Action {
    experiment { max_step_per_concept: "1000000" }
    curriculum {
      experiment { backend_type: "x" }
      source Cart
    }
  }
}
