###
# Cartpole: keep a pole upright on a cart that moves.
###

inkling "2.0"

using Goal
using Math
using Number

# Length of the track in metres, and how far the pole may lean in radians
const TrackLength = 0.5
const MaxPoleAngle = (12 * 2 * Math.Pi) / 360

# What the simulator sends
type SimState {
    # Position of the cart in metres
    cart_position: number,

    # Velocity in m/s
    cart_velocity: number,

    pole_angle: number,          # radians
    pole_angular_velocity: number,

    # Where the pole was at the start
    pole_center_position: number,
    pole_center_velocity: number,

    target_pole_position: number,
    cart_mass: number,
    pole_mass: number,
    pole_length: number,
}

# What the brain sees
type ObservableState {
    cart_position: number,
    cart_velocity: number,
    pole_angle: number,
    pole_angular_velocity: number,
}

type SimAction {
    # Force on the cart
    command: number<-1 .. 1>
}

type SimConfig {
    cart_mass: number,
    pole_mass: number,
    pole_length: number,
    initial_cart_position: number<-TrackLength/2 .. TrackLength/2>,
    initial_pole_angle: number<-MaxPoleAngle .. MaxPoleAngle>,
    target_pole_position: number<-TrackLength/2..TrackLength/2>,
}

simulator CartpoleSimulator (Action: SimAction, Config: SimConfig): SimState {
    # Uncomment for a simulator that is managed by the platform
    # package "Cartpole"
}

# One concept, one curriculum
graph (input: ObservableState): SimAction {
    concept BalancePole (input): SimAction {
        curriculum {
            source CartpoleSimulator

            training {
                EpisodeIterationLimit: 200,
            }

            goal (State: SimState) {
                avoid `Fall Over`:
                    Math.Abs(State.pole_angle) in Goal.RangeAbove(MaxPoleAngle)
                avoid `Out Of Range`:
                    Math.Abs(State.cart_position) in Goal.RangeAbove(TrackLength / 2)
            }

            lesson `Heavy Pole` {
                scenario {
                    cart_mass: 0.31,
                    pole_mass: number<0.055 .. 0.1>,
                    pole_length: 0.4,
                    initial_cart_position: number<-TrackLength/4 .. TrackLength/4 step 0.01>,
                    initial_pole_angle: 0,
                    target_pole_position: 0,
                }
            }
        }
    }
    output BalancePole
}

# Viewer of the simulator
const SimulatorVisualizer = "/cartpoleviz/"
