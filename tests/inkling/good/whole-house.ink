inkling "2.0"

using Number

type SimState {
  Tset: number<18 .. 25>, # set temperature
  Tset1: number,
  Tin: number,
  Tout: number<-40..60>,
  dt: number,
  hvacON : Number.Bool,
  total_cost:number
}

type HVACAction { hvacON: Number.Int8<Off=0, On=1> }

type SimConfig {
  K: number<0.5>, C: number<0.3>, Qhvac: number<9>,
  Tin_initial: number<18 .. 30>,
  Tset_start: number<25>, Tset_stop: number<20>,
  episode_iter: Number.Int16<1 .. 1440>,
  schedule_index: Number.UInt8,
  number_of_days: Number.UInt8<1..7>
}

function GetTerminal(State: SimState) {
  # Never before the limit
  if (State.Tin < -40) or (State.Tin > 80) {
    return true
  }
  return false
}

function GetReward(State: SimState, Action: HVACAction): number {
  var diff = Math.Abs(State.Tin - State.Tset)
  var reward: number
  if (diff < 2) {
    reward = 1.0 - (diff / 2) ** 0.4
  } else {
    reward = 0
  }
  if Action.hvacON == 1 and State.Tin < State.Tset
  {
    reward = reward - .1
  }
  return reward
}
using Math
simulator HouseSimulator(action: HVACAction, config: SimConfig): SimState
{
  #package "HouseEnergy"
}

graph (input: SimState): HVACAction
{
  concept SmartHouse(input): HVACAction
  {
    curriculum
    {
      source HouseSimulator
      reward GetReward
      terminal GetTerminal
      algorithm { Algorithm: "APEX", MemoryMode: "default", HiddenLayers: [ { Size: 64, Activation: "relu" }, { Size: 64, Activation: "relu" } ] }
      training { EpisodeIterationLimit: 288, LessonRewardThreshold: 250, LessonAssessmentWindow: 10 }
      lesson SetTemp25 { scenario { K: 0.5, C: 0.3, Qhvac: 9, Tin_initial: number<18 .. 30>, schedule_index: 1, number_of_days: 1, episode_iter: 288 } }
      lesson SetTemp20 { scenario { K: number<0.5>, Tin_initial: number<18..22 step 0.5>, schedule_index: number<0,1,2> } }
    }
  }
}
