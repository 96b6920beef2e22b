inkling "2.0"

# Everything is used before it is declared.
graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      lesson Far { scenario { start: number<Half .. Limit> } }
      training { EpisodeIterationLimit: Long }
      source Cart
    }
  }
}

simulator Cart(action: Action, config: Config): State { }
type Config { start: number<0 .. Limit> }
type Action { push: Push }
type State { position: Position }
type Push Position<-1 .. 1>
type Position number<-Limit .. Limit>
const Half = Limit / 2
const Limit = Long / 10
const Long = 100
