inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
type Wish { force: number<-2 .. 2> }
simulator Cart(action: Action): State { }
simulator Spring(action: Wish): State { }
algorithm { Algorithm: "PPO" }

graph (input: State): Action {
  concept Choose(input, Left, Right): Action {
    select Left
    select Right
    curriculum {
      source Cart
      goal (s: State) { drive Middle: s.position in Goal.Range(-1, 1) }
    }
  }
  concept Right(input): Action { curriculum { source Cart lesson First { } lesson Second { } } }
  concept Left(input, Push): Action {
    curriculum { source Cart reward function (s: State) { return s.speed } }
  }
  concept Push(Pull): Wish { programmed function (w: Wish): Wish { return w } }
  concept Pull(input): Wish {
    curriculum {
      source Spring
      algorithm { Algorithm: "SAC" }
    }
  }
  concept Half(Choose): Action { programmed function (a: Action): Action { return { push: a.push / 2 } } }
  output Half
}
