import type { ArgsDef } from 'citty'
import type { Io } from '../terminal/io.ts'
import type { ParsedArguments } from './parsed-arguments.ts'

interface Example {
  /** A line for any shell. */
  readonly line: string
  readonly what: string
}

/** For a command that passes on what is no flag of its own. Flags are spelled as they are typed: `--verbose`. */
export interface PassThrough {
  /** Both programs have it, with different meanings: how to say ours. */
  readonly ambiguous: Readonly<Record<string, readonly string[]>>
  /** Other commands of ours have it, and this one does not: the reason. */
  readonly absent: Readonly<Record<string, string>>
  /** The other program has it: it is no slip, and in place behind the first argument that is passed on. */
  readonly shared: readonly string[]
}

/** One command, once: the parser, its help, the completions and docs/cli.md are made from it. */
export interface Command {
  /** `start`; a member of a group has two words, `config set`. */
  readonly name: string
  /** Other names that run it as well; no list of commands has them. */
  readonly aliases?: readonly string[]
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
  /** What stands after `--`, where that is for another program; with `passThrough`, `--` may be left out. */
  readonly rest?: { readonly hint: string; readonly owner: string; readonly passThrough?: PassThrough }
  readonly examples: readonly Example[]
  /** Resolves to the exit code; 0 where it says nothing. Rejects with UsageError for wrong use. */
  readonly run: (given: ParsedArguments, io: Io) => Promise<number | undefined>
}

/** A command of several others. */
export interface CommandGroup {
  readonly name: string
  readonly description: string
}
