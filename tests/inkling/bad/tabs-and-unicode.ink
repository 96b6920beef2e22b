#! 9:8-15: error: there is no type 'Zustand'
#! 9:20-26: error: there is no type 'Nummer'
#! hint: did you mean 'number'?

inkling "2.0"

type	Zustände {
	größe: number,
	`物理`: Zustand, ä: Nummer
}
