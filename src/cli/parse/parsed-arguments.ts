/** Given flags by name without dashes; a switch is `true`. */
export type Flags = Readonly<Record<string, string | true | undefined>>

/** Parsed arguments of a command. */
export interface ParsedArguments {
  readonly flags: Flags
  /** By name; undefined for an optional argument that was not given. */
  readonly positionals: Readonly<Record<string, string | undefined>>
  /** Arguments for another program. */
  readonly rest: readonly string[]
}
