inkling "2.0"
using Goal
const SecondsPerStep = 15 * 60
const kWh = 1.0 / 3.6e6
const Comfort = { low: 21, high: 24 }
type SimState {
  zone_temp: number, `supply air temp`: number, occupancy: number<0 .. 1>, hour: Number.Int8<0 .. 23>,
  chillers: { on: Number.Bool, load: number<0 .. 1> }[2],
  energy: number,
}
type SimAction { `setpoint`: number<6 .. 12 step 0.1>, chiller1: Number.Bool, chiller2: Number.Bool }
type SimConfig { outdoor: number<-10 .. 45>, hour: Number.Int8<0 .. 23>, weekend: Number.Bool }
simulator Chiller(Action: SimAction, Config: SimConfig): SimState { }
function Comfortable(t: number): Number.Bool { return t >= Comfort.low and t <= Comfort.high }
graph (input: SimState): SimAction {
  concept Cool(input): SimAction {
    curriculum {
      source Chiller
      goal (S: SimState) {
        maximize Comfort weight 2: Comfortable(S.zone_temp) in Goal.RangeAbove(0.9)
        minimize Energy: S.energy * kWh in Goal.Range(0, 3)
        reach Start: S.`supply air temp` in Goal.Range(10, 14) within 4
      }
      lesson Summer { scenario { outdoor: number<25 .. 40 step 5>, hour: number<0 .. 23 step 1>, weekend: number<0 .. 1 step 1> } }
      lesson Spring { scenario { outdoor: number<5 .. 25>, hour: Number.Int8<6 .. 18>, weekend: 0 } }
    }
  }
}
