#! 4:1-2: error: this is no Inkling program: it does not begin with its version
#! hint: write inkling "2.0" in the first line

