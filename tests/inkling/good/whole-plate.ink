inkling "2.0"

using Math
using Goal

# Distances in metres
const RadiusOfPlate = 0.1125

# Velocities in m/s
const MaxVelocity = 6.0
const MaxInitialVelocity = 1.0

# Threshold for the ball near the centre
const CloseEnough = 0.02

const DefaultTimeDelta = 0.045
const MaxDistancePerStep = DefaultTimeDelta * MaxVelocity

type ObservableState {
	ball_x: number<-MaxDistancePerStep - RadiusOfPlate .. MaxDistancePerStep + RadiusOfPlate>,
	ball_y: number<-MaxDistancePerStep - RadiusOfPlate .. MaxDistancePerStep + RadiusOfPlate>,
	ball_vel_x: number<-MaxVelocity .. MaxVelocity>,
	ball_vel_y: number<-MaxVelocity .. MaxVelocity>,
}

type SimState {
	ball_x: number, ball_y: number, ball_vel_x: number, ball_vel_y: number,
	plate_pitch: number, plate_roll: number,
	obstacle_x: number, obstacle_y: number,
	ball_on_plate: Number.Bool,
}

# Plate tilt
type Action {
	input_pitch: number<-1 .. 1>,
	input_roll: number<-1 .. 1>,
}

type SimConfig {
	initial_x: number<-RadiusOfPlate .. RadiusOfPlate>, # (m)
	initial_y: number<-RadiusOfPlate .. RadiusOfPlate>,
	initial_vel_x: number<-MaxInitialVelocity .. MaxInitialVelocity>, # (m/s)
	initial_vel_y: number<-MaxInitialVelocity .. MaxInitialVelocity>,
	initial_pitch: number<-1 .. 1>,
	initial_roll: number<-1 .. 1>,
}

graph (input: ObservableState) {
	concept MoveToCenter(input): Action {
		curriculum {
			source simulator MoabSim(Action: Action, Config: SimConfig): SimState {
				package "Moab"
			}

			training {
				EpisodeIterationLimit: 250
			}

			state function (State: SimState): ObservableState {
				return ObservableState(State)
			}

			goal (State: SimState) {
				avoid `Fall Off Plate`:
					Math.Hypot(State.ball_x, State.ball_y) in Goal.RangeAbove(RadiusOfPlate * 0.8)
				drive `Center Of Plate`:
					[State.ball_x, State.ball_y] in Goal.Sphere([0, 0], CloseEnough)
			}

			lesson `Randomize Start` {
				scenario {
					initial_x: number<-RadiusOfPlate * 0.5 .. RadiusOfPlate * 0.5>,
					initial_y: number<-RadiusOfPlate * 0.5 .. RadiusOfPlate * 0.5>,

					initial_vel_x: number<-MaxInitialVelocity * 0.02 .. MaxInitialVelocity * 0.02>,
					initial_vel_y: number<-MaxInitialVelocity * 0.02 .. MaxInitialVelocity * 0.02>,

					initial_pitch: number<-0.2 .. 0.2>,
					initial_roll: number<-0.2 .. 0.2>,
				}
			}
		}
	}
}
