inkling "2.0"
type GameState { value: Number.Int8, target: Number.Int8 }
type PlayerMove { delta: Number.Int8<Dec = -1, Stay = 0, Inc = 1> }
type SimConfig { dummy: Number.Int8<-1> }
function Reward(s: GameState, a: PlayerMove) { return s.target - s.value }
simulator find_the_center_sim(action: PlayerMove, config: SimConfig): GameState {}
graph (input: GameState): PlayerMove {
  concept find_the_center(input): PlayerMove {
    curriculum {
      source find_the_center_sim
      lesson seek_center { scenario { dummy: -1 } }
    }
  }
  output find_the_center
}
