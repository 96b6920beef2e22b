#! 12:53-59: error: APEX needs every part of the action to be one of some values, which 'push' of 'Drive' is not
#! hint: write "PPO"

inkling "2.0"

type State { position: number }
type Push { push: number<-1 .. 1>, horn: number<Off = 0, On = 1> }
simulator Cart(action: Push): State { }

graph (input: State): Push {
  concept Drive(input): Push {
    curriculum { source Cart algorithm { Algorithm: "APEX", QLearningRate: 1e-3 } }
  }
}
