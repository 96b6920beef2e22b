#! 12:24-29: error: there is no type 'nmber'
#! hint: did you mean 'number'?
#! 14:33-37: error: there is no type 'Sate'
#! hint: did you mean 'State'?
#! 20:7-15: error: expected 'curriculum', 'programmed', 'import', 'select' or 'experiment', found 'training'
#! hint: 'training' belongs in a curriculum; perhaps a '}' is missing before it, or is one too many
#! 23:1-2: error: expected a declaration, such as 'type' or 'graph', found '}'
#! hint: there is one '}' too many

inkling "2.0"

type State { position: nmber }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): Sate { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Crat }
      training { EpisodeLimit: 5 }
    }
  }
}
