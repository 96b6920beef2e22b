#! 8:1-3: error: '//' does not begin a comment
#! hint: write '#'
#! 9:26-28: error: '/*' does not begin a comment
#! hint: write '#' before each line

inkling "2.0"

// States
type State { x: number } /* all of it */
