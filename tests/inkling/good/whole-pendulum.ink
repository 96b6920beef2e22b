# Qube: a rotary pendulum
inkling "2.0"
using Math
using Goal
type SimState {
    theta: number<-1.7..1.7>,
    alpha: number<-Math.Pi .. Math.Pi>,
    theta_dot: number,
    alpha_dot: number
}
type SimAction {
    Vm: number<-3..3>
}
type SimConfig {
    Lp: number,   mp: number,  Rm: number,  kt: number,  km: number,  mr: number,  Lr: number,  Dr: number,  Dp: number,
    frequency: number,
    initial_theta: number<-1.4 .. 1.4>, initial_alpha: number<-0.05 .. 0.05>, initial_theta_dot: number, initial_alpha_dot: number
}
const balance_limits: number = 12 * Math.Pi / 180
function Reward(obs: SimState, act: SimAction) {
    var cost_theta = obs.theta ** 2
    var cost_alpha = (Math.Abs(obs.alpha) - Math.Pi) ** 2
    return 1 - 0.8 * cost_alpha/(Math.Pi**2) - 0.2 * cost_theta
}
function Terminal(obs: SimState) : Number.Bool {
    return Math.Abs(obs.theta) >= (90 * Math.Pi / 180)
}
graph (input: SimState): SimAction {
    output concept Balance(input): SimAction {
        curriculum {
            source simulator (Action: SimAction, Config: SimConfig): SimState { }
            algorithm { Algorithm: "SAC", QHiddenLayers: [{Size: 128, Activation: "relu"}], PolicyHiddenLayers: [{Size: 128, Activation: "relu"}], MemoryMode: "none", ConvolutionLimitDimension: "y" }
            training { EpisodeIterationLimit: 640, TotalIterationLimit: 1e7 }
            reward Reward
            terminal Terminal
            lesson Balancing { scenario { frequency: 80, initial_theta: number<-0.27 .. 0.27>, initial_alpha: number<-0.05 .. 0.05> , initial_theta_dot: 0, initial_alpha_dot: 0} }
        }
    }
}
