#! 24:12-20: error: there is no constant 'Unknown0'
#! 25:12-20: error: there is no constant 'Unknown1'
#! 26:12-20: error: there is no constant 'Unknown2'
#! 27:12-20: error: there is no constant 'Unknown3'
#! 28:12-20: error: there is no constant 'Unknown4'
#! 29:12-20: error: there is no constant 'Unknown5'
#! 30:12-20: error: there is no constant 'Unknown6'
#! 31:12-20: error: there is no constant 'Unknown7'
#! 32:12-20: error: there is no constant 'Unknown8'
#! 33:12-20: error: there is no constant 'Unknown9'
#! 34:13-22: error: there is no constant 'Unknown10'
#! 35:13-22: error: there is no constant 'Unknown11'
#! 36:13-22: error: there is no constant 'Unknown12'
#! 37:13-22: error: there is no constant 'Unknown13'
#! 38:13-22: error: there is no constant 'Unknown14'
#! 39:13-22: error: there is no constant 'Unknown15'
#! 40:13-22: error: there is no constant 'Unknown16'
#! 41:13-22: error: there is no constant 'Unknown17'
#! 42:13-22: error: there is no constant 'Unknown18'
#! 43:13-22: error: there is no constant 'Unknown19'

inkling "2.0"

const C0 = Unknown0
const C1 = Unknown1
const C2 = Unknown2
const C3 = Unknown3
const C4 = Unknown4
const C5 = Unknown5
const C6 = Unknown6
const C7 = Unknown7
const C8 = Unknown8
const C9 = Unknown9
const C10 = Unknown10
const C11 = Unknown11
const C12 = Unknown12
const C13 = Unknown13
const C14 = Unknown14
const C15 = Unknown15
const C16 = Unknown16
const C17 = Unknown17
const C18 = Unknown18
const C19 = Unknown19
const C20 = Unknown20
const C21 = Unknown21
const C22 = Unknown22
const C23 = Unknown23
const C24 = Unknown24
const C25 = Unknown25
const C26 = Unknown26
const C27 = Unknown27
const C28 = Unknown28
const C29 = Unknown29
