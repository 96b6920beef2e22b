inkling "2.0"
using Math
using Goal
# constants
const MaxTemp=613.15
const product_length = 6.0 * 12 * 0.0254
const tolerance = 0.1 * product_length
const ω0 = 0.2 * 200 / 60

type SimState {
   screw_angular_speed: number,  screw_angular_acceleration: number,
   cutter_frequency: number, cutter_acceleration: number,
   temperature: number, product_length: number, flow_rate: number, yield: number,
}
type BrainState { screw_angular_speed: number, cutter_frequency: number, temperature: number, product_length: number }
type BrainAction { screw_angular_acceleration: number<-ω0/10 .. ω0/10>, cutter_acceleration: number< -0.01 .. 0.01 > }
type SimAction { screw_angular_acceleration: number, cutter_acceleration: number, temperature: number }
type SimConfig { initial_screw_angular_speed: number, initial_cutter_frequency: number, initial_temperature: number<190 + 273.15>, }

function Transform(a: BrainAction): SimAction {
   return {
      screw_angular_acceleration: a.screw_angular_acceleration,
      cutter_acceleration: a.cutter_acceleration,
      temperature: 190 + 273.15,
   }
}

graph (input: BrainState): BrainAction {
   concept OptimizeLength(input): BrainAction {
      curriculum {
         algorithm { Algorithm: "PPO", ConvolutionLimitDimension: "x", BatchSize: 8000, PolicyLearningRate: 0.0001 }
         source simulator ExtruderSimulator(Action: SimAction, Config: SimConfig): SimState { package "Extrusion" }
         action Transform
         reward function (s: SimState) { return -Math.Abs(s.product_length - product_length) }
         lesson StartUp { scenario { initial_screw_angular_speed: ω0 * 0.5, initial_cutter_frequency: number<0.1..0.2>, initial_temperature: 463.15 } }
      }
   }
}
