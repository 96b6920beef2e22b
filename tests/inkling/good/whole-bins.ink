inkling "2.0"

using Number

# Which bin next
const BinCount = 5
type Bin { weight: number, x: number, y: number, occupied: Number.Bool }
type SimState {
  bins: Bin[BinCount],
  holding: Number.Bool,
  arm: { joints: number<-180 .. 180>[6], tip: { x: number, y: number, z: number } },
  available: Number.Bool[6],
}
type Target Number.Int8<Idle = 0, Bin1 = 1, Bin2 = 2, Bin3 = 3, Bin4 = 4, Bin5 = 5>
type SimAction { target: Target }

function Reward(s: SimState, a: SimAction): number {
  var total = s.bins[0].weight + s.bins[1].weight + s.bins[2].weight + s.bins[3].weight + s.bins[4].weight
  if a.target == Target.Idle { return -1 }
  if s.bins[a.target - 1].occupied { return 1 } else if total > 10 { return 0.5 }
  else { return 0 }
}
function Mask(s: SimState) { return constraint SimAction { target: number<mask s.available> } }

graph (input: SimState): SimAction {
  concept Pick(input): SimAction {
    curriculum {
      source simulator (Action: SimAction): SimState {}
      reward Reward
      mask Mask
      training { EpisodeIterationLimit: 40 }
    }
  }
}
