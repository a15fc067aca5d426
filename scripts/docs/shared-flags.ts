import type { ArgsDef } from 'citty'
import { commonFlags, flagsOf, type NamedArgument } from '../../src/cli/parse/arguments.ts'
import { settingFlags, sourceFlags } from '../../src/cli/parse/config-flags.ts'

/** Flags of many commands, each told once. */
export const sharedFlags: readonly { readonly title: string; readonly flags: ArgsDef; readonly words: string }[] = [
  {
    title: 'Flags of settings',
    flags: settingFlags(),
    words:
      'In brackets: the variable that says the same, and the default. docs/configuration.md#settings has more on each, and the settings without a flag.',
  },
  {
    title: 'Flags for where settings come from',
    flags: sourceFlags,
    words: 'docs/configuration.md#files says what the files hold.',
  },
]

const isAmong = (flags: readonly NamedArgument[], flag: NamedArgument): boolean =>
  flags.some((other) => Bun.deepEquals(other, flag))

export const isShared = (flag: NamedArgument): boolean =>
  [commonFlags, ...sharedFlags.map(({ flags }) => flags)].some((flags) => isAmong(flagsOf(flags), flag))

/** Of one set of shared flags: those that a command takes, and those that it does not. */
export interface SharedPart {
  readonly title: string
  readonly taken: readonly NamedArgument[]
  readonly left: readonly NamedArgument[]
}

/** Without the sets of which it takes none. */
export const sharedParts = (ofCommand: readonly NamedArgument[]): SharedPart[] =>
  sharedFlags
    .map(({ title, flags }) => ({
      title,
      taken: flagsOf(flags).filter((flag) => isAmong(ofCommand, flag)),
      left: flagsOf(flags).filter((flag) => !isAmong(ofCommand, flag)),
    }))
    .filter(({ taken }) => taken.length > 0)

/** What a part is called in a sentence: all of the set, all but a few, or a few of it. */
export const sharedWords = (
  { title, taken, left }: SharedPart,
  link: (title: string) => string,
  names: (flags: readonly NamedArgument[]) => string,
): string => {
  const linked = link(title)
  if (left.length === 0) return `the ${linked}`
  return taken.length < left.length ? `${names(taken)} of the ${linked}` : `the ${linked} but for ${names(left)}`
}

export const exitCodes: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'Fine; also where a signal ended a server.'],
  ['1', 'A failure while running.'],
  ['2', 'Wrong use or configuration. The message says what to do next.'],
  ['130', 'You gave up at a question (Ctrl-C, Ctrl-D or Escape).'],
]

export const outputConventions =
  'Standard output holds only what a script may want: the launch command, a list, JSON. Everything for people goes to standard error, in colours only where that is a terminal, `TERM` is not `dumb` and `NO_COLOR` is not set.'
