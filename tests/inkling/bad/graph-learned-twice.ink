#! 15:1-10: error: there can be only one 'algorithm'
#! 18:58-68: error: a concept has only one curriculum
#! 19:18-23: error: 'Drive' has nothing to choose: it selects one concept
#! 19:74-81: error: there is no simulator 'Nowhere'

inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
type Gear { gear: number<Low = 0, High = 1> }
simulator Cart(action: Action): State { }
simulator Box(action: Gear): State { }

algorithm { Algorithm: "PPO" }
algorithm { Algorithm: "SAC" }

graph (input: State): Action {
  concept Shift(input): Gear { curriculum { source Box } curriculum { source Box } }
  output concept Drive(Shift): Action { select Shift curriculum { source Nowhere } }
}
