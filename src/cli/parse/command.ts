import type { ArgsDef } from 'citty'
import type { Io } from '../terminal/io.ts'
import type { ParsedArguments } from './parsed-arguments.ts'

interface Example {
  /** A command for any shell. */
  readonly line: string
  readonly what: string
}

/** For a command that passes other arguments on. Flags are spelled as typed: `--verbose`. */
export interface PassThrough {
  /** Flags of both programs with different meanings; the value is an unambiguous spelling of ours. */
  readonly ambiguous: Readonly<Record<string, readonly string[]>>
  /** Flags that other commands of ours have but this one does not; the value is the reason. */
  readonly absent: Readonly<Record<string, string>>
  /** Flags of the other program: not a typing error, and valid after the first argument that is passed on. */
  readonly shared: readonly string[]
}

/** A command. The parser, the help, the completions and docs/cli.md are made from it. */
export interface Command {
  /** `start`; a member of a group has two words: `config set`. */
  readonly name: string
  /** Other names of the command; lists of commands do not show them. */
  readonly aliases?: readonly string[]
  /** One sentence without a full stop; begins with a verb. */
  readonly description: string
  /** Only for programs: lists of commands do not show it. */
  readonly isHidden?: boolean
  /** More paragraphs of the help. */
  readonly details?: readonly string[]
  /**
   * Flags by name; arguments have the type `positional` and are in order. Completion uses `valueHint` (`file`, `model`,
   * `a|b`), for arguments also the name (`key` and `value` of a setting). A getter makes flags from the table of
   * settings, because most starts use only one command.
   */
  readonly args: ArgsDef
  /** Arguments after `--` for another program; with `passThrough`, `--` is optional. */
  readonly rest?: { readonly hint: string; readonly owner: string; readonly passThrough?: PassThrough }
  readonly examples: readonly Example[]
  /** Resolves to the exit code; undefined means 0. Rejects with UsageError for wrong use. */
  readonly run: (given: ParsedArguments, io: Io) => Promise<number | undefined>
}

/** A group of commands. */
export interface CommandGroup {
  readonly name: string
  readonly description: string
}
