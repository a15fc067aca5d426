import type { ArgsDef } from 'citty'
import type { Given } from './arguments.ts'
import type { Io } from './io.ts'

interface Example {
  /** A line for any shell. */
  readonly line: string
  readonly what: string
}

/** One command, once: the parser, its help, the completions and docs/cli.md are made from it. */
export interface Command {
  /** `start`; a member of a group has two words, `config set`. */
  readonly name: string
  /** One sentence, without its full stop. */
  readonly description: string
  /** For programs alone: no list of commands has it. */
  readonly isHidden?: boolean
  /** What the help says beyond that, a paragraph each. */
  readonly details?: readonly string[]
  /**
   * Flags by name; arguments have the type `positional`, in their order. Completions go by `valueHint`, an
   * argument's also by its name: `file`, `model`, `a|b`; of arguments `key` and `value` of a setting, too.
   * Where they are made from the table of settings they are made when asked for: most starts are of one command.
   */
  readonly args: ArgsDef
  /** What stands after `--`, where that is for another program. */
  readonly rest?: { readonly hint: string; readonly owner: string }
  readonly examples: readonly Example[]
  /** Resolves to the exit code; 0 where it says nothing. Rejects with UsageError for wrong use. */
  readonly run: (given: Given, io: Io) => Promise<number | undefined>
}

/** A command of several others. */
export interface CommandGroup {
  readonly name: string
  readonly description: string
}
