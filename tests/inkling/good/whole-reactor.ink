inkling "2.0"
using Goal
using Math

# Continuous stirred tank reactor
const Cref_low = 2
const Cref_high = 8.57
const conc_range = 0.25
const temp_range = 5
const max_conc = 12
const max_temp = 800
const temp_runaway = 400

type SimState {
    Cr: number<0.1 .. max_conc>,
    Tr: number<10 .. max_temp>,
    Tc: number<10 .. max_temp>,
    Cref: number<0.1..max_conc>,
    Tref: number<10 .. max_temp>,
    dTc: number,
}

type ObservableState {
    Cr: number<0.1 .. max_conc>,
    Tr: number<10 .. max_temp>,
    Cref: number<0.1..max_conc>,
    Tc: number<10 .. max_temp>,
}

type Action {
    Tc_adjust: number<-10 .. 10>
}

type SimConfig {
    Cref_signal: number<0 .. 5 step 1>,
    noise_percentage: number<0 .. 100>,
    step_time: Number.Float32
}

simulator CSTR(Action: Action, Config: SimConfig): SimState {
    package "CSTR"
}

graph (input: ObservableState): Action {
    concept ModifyConcentration(input): Action {
        curriculum {
            source CSTR
            training {
                EpisodeIterationLimit: 90,
                NoProgressIterationLimit: 500000
            }
            goal (State: SimState) {
                minimize `Concentration Reference` weight 10: Math.Abs(State.Cref - State.Cr)
                    in Goal.RangeBelow(conc_range)
                avoid `Thermal Runaway` weight 1: Math.Abs(State.Tr) in Goal.RangeAbove(temp_runaway)
            }
            lesson `Follow Planned` {
                scenario {
                    Cref_signal: number<1 .. 4 step 1>,
                    noise_percentage: number<0 .. 5>
                }
            }
        }
    }
}
