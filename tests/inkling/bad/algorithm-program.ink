#! 12:31-35: error: 'algorithm' has no parameter 'Size'
#! hint: there are Algorithm, HiddenLayers, PolicyHiddenLayers, QHiddenLayers, ExplorationDecay, QLearningRate, BatchSize, PolicyLearningRate, MemoryMode, ConvolutionLimitDimension, ConvolutionLayers and CompressionLayers

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

algorithm { Algorithm: "PPO", Size: 5 }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
