/** A place in a JSON value: members by name, items by number from 0. */
export type Path = readonly (string | number)[]
