inkling "2.0"
using Math
using Goal
using Number

## Two tanks, one pump ##

type TankState {
    level1: number<0 .. 30>,    level2: number<0 .. 30>,
    setpoint: number<5, 10, 15, 20>,
    valve: number<Closed = 0, Half = 0.5, Open = 1>,
    history: number<0..30>[4],
}
type TankAction extends Common { }
type Common { voltage: number<0 .. 12 step 0.5> }
type TankConfig { setpoint: number<5 .. 20 step 5>, leak: number<0 .. 1>, valve: number<Closed = 0, Half = 0.5, Open = 1> }

simulator Tanks(action: TankAction, config: TankConfig,): TankState { package "two_tanks" }

function Err(s: TankState) { return Math.Abs(s.level2 - s.setpoint) }
function Average(h: number<0 .. 30>[4]): number { return (h[0]+h[1]+h[2]+h[3])/4 }

graph (input: TankState): TankAction {
    concept Filter(input): { level: number, target: number<5, 10, 15, 20> } {
        programmed function (s: TankState): { level: number, target: number<5, 10, 15, 20> } {
            return { level: Average(s.history), target: s.setpoint }
        }
    }
    output concept Fill(Filter): TankAction {
        curriculum {
            source Tanks
            goal (s: TankState) {
                drive Level: Err(s) in Goal.RangeBelow(0.5) within 30
                avoid Overflow weight 5: Math.Max(s.level1, s.level2) in Goal.RangeAbove(29)
                avoid Dry: s.level1 in Goal.RangeBelow(.1)
            }
            lesson Low { scenario { setpoint: 5, leak: 0 } }
            lesson `All levels, no leak` { scenario { setpoint: number<5 .. 20 step 5>, leak: number<0 .. 0.1>, valve: 1 } }
            lesson Leaky { scenario { setpoint: number<10, 15>, leak: number<0.1 .. 0.2 step 0.05> } }
        }
    }
}
