# before the version
inkling "2.0" # behind it
#
### type Nothing { x: number }
type State { # in a struct
  # "not a text
  x: number, # x
  note: string<"# not a comment">
} # after
graph (input: State): { y: number } { concept C(input) { curriculum {
  # }
  source simulator (action: { y: number }): State { # package "x"
  }
} } }
# at the end, without a newline