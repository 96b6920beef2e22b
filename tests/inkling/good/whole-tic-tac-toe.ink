inkling "2.0"
type Cell number<Empty = 0, Cross = 1, Nought = 2>
type Board Cell[3][3]
type Free Number.Bool[9]
type SimState { board: Board, free: Free }
type Move Number.UInt8<A1=0,B1=1,C1=2,A2=3,B2=4,C2=5,A3=6,B3=7,C3=8>
type SimAction { move: Move }
type SimConfig { opponent: string<"random", "perfect", "mixed">, brain_begins: Number.Bool }
graph (input: SimState): SimAction {
  concept Play(input): SimAction {
    curriculum {
      source simulator TicTacToe(Action: SimAction, Config: SimConfig): SimState { package "tic_tac_toe" }
      mask function (s: SimState) { return constraint SimAction { move: Move<mask s.free> } }
      lesson Beginner { scenario { opponent: "random", brain_begins: number<0, 1> } training { LessonRewardThreshold: 0.9 } }
      lesson Expert { scenario { opponent: string<"random", "perfect">, brain_begins: number<0, 1> } training { LessonRewardThreshold: 0.2 } }
    }
  }
}
