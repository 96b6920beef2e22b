inkling "2.0"
using Image
const Width = 84
const Height = 84
type SimState { frame: Image.Gray<Width, Height>, speed: number }
type SimAction { steer: number<-1 .. 1>, gas: number<0 .. 1>, brake: number<0 .. 1> }
graph (input: SimState): SimAction {
  concept Drive(input): SimAction {
    curriculum {
      source simulator Racing(action: SimAction): SimState { package "racing" }
      algorithm {
        Algorithm: "PPO",
        ConvolutionLayers: [
          { XSize: 8, YSize: 8, XStride: 4, YStride: 4, FilterCount: 32 },
          { XSize: 4, YSize: 4, XStride: 2, YStride: 2, FilterCount: 64 },
        ],
        CompressionLayers: [ { Size: 512, Activation: "relu" } ],
        ConvolutionLimitDimension: "none",
        HiddenLayers: [{ Size: 64 }]
      }
    }
  }
}
