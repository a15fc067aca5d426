/** The path to a part of a JSON value: member names, and indices from 0. */
export type Path = readonly (string | number)[]
