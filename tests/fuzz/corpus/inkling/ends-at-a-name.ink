inkling "2.0"
type