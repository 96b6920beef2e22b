#! 13:24-29: error: SAC needs every part of the action to be a number between two bounds, which 'gear' of 'Steps' is not
#! hint: write "PPO" or "APEX"
#! 13:24-29: error: SAC needs every part of the action to be a number between two bounds, which 'push' of 'Unbound' is not
#! hint: write "PPO"
#! 28:80-86: error: APEX needs every part of the action to be one of some values, which 'push' of 'Right' is not
#! hint: write "PPO" or "SAC"
#! 28:80-86: warning: DQN is the old name of what APEX does here
#! 34:53-58: error: SAC needs every part of the action to be a number between two bounds, which the choice of 'Choose' is not
#! hint: write "PPO" or "APEX"

inkling "2.0"

algorithm { Algorithm: "SAC" }

type State { position: number }
type Push { push: number<-1 .. 1> }
type Wish { gear: number<-1 .. 1 step 0.5> }
type Free { push: number }
simulator Cart(action: Push): State { }
simulator Open(action: Free): State { }
simulator Stepped(action: Wish): State { }
const Chosen = "DQN"

graph (input: State): Push {
  concept Left(input): Push { curriculum { source Cart } }
  concept Steps(input): Wish { curriculum { source Stepped } }
  concept Unbound(input): Free { curriculum { source Open } }
  concept Right(input): Push { curriculum { source Cart algorithm { Algorithm: Chosen } } }
  concept Ready(Steps, Unbound): Push { programmed function (w: Wish, f: Free): Push { return { push: 0 } } }
  output concept Choose(input, Left, Right, Ready): Push {
    select Left
    select Right
    select Ready
    curriculum { source Cart algorithm { Algorithm: "SAC" } }
  }
}
