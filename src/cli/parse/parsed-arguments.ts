/** Flags as they were given: by name without dashes; a switch is `true`. */
export type Flags = Readonly<Record<string, string | true | undefined>>

/** What a command was given. */
export interface ParsedArguments {
  readonly flags: Flags
  /** By name; undefined where it may be left out and was. */
  readonly positionals: Readonly<Record<string, string | undefined>>
  /** What the command passes to another program. */
  readonly rest: readonly string[]
}
