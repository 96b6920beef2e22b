#! 19:38-44: error: expected ':' after the name of a field, found 'number'
#! 30:12-17: error: Seen has no field 'place'
#! 35:1-2: error: expected '=' after what is assigned to, found '}'
#! 42:16-19: error: there is no function 'Fra'
#! hint: did you mean 'Far'?
#! 43:37-45: error: 'algorithm' has no parameter 'BatchSiz'
#! hint: did you mean 'BatchSize'?
#! 43:72-73: error: expected ':' after the name, found '='
#! hint: write ':'
#! 44:18-38: error: 'training' has no parameter 'EpisodeIterationLmit'
#! hint: did you mean 'EpisodeIterationLimit'?
#! 46:27-42: error: 'start' goes beyond the config: number<0 .. 20> is not within number<0 .. 10>
#! 47:42-43: error: expected ':' after the name, found '5'
#! 49:32-36: error: the simulator's config has no field 'star'
#! hint: did you mean 'start'?

inkling "2.0"

type State { position: number, speed number<-5 .. 5> }
type Seen { position: number }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10> }

simulator Cart(action: Action, config: Config): State { }

function Reward(s: State) {
  return s.height
}
function Far(s: Seen): number {
  return s.place
}
function Near(s: Seen): number {
  var x = s.position +
  return y
}

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      reward Reward
      terminal Fra
      algorithm { Algorithm: "PPO", BatchSiz: 2000, PolicyLearningRate = 1e-4 }
      training { EpisodeIterationLmit: 100 }
      lesson Easy {
        scenario { start: number<0 .. 20> }
        training { LessonRewardThreshold 5 }
      }
      lesson Hard { scenario { star: 1 } }
    }
  }
}
