import type { ArgsDef } from 'citty'
import { commonFlags, flagsOf, type NamedArgument } from '../../src/cli/parse/arguments.ts'
import { settingFlags, sourceFlags } from '../../src/cli/parse/config-flags.ts'

/** Flags of many commands; the page describes each once. */
export const sharedFlags: readonly { readonly title: string; readonly flags: ArgsDef; readonly words: string }[] = [
  {
    title: 'Flags of settings',
    flags: settingFlags(),
    words:
      'Parentheses contain the variable with the same meaning, and the default. docs/configuration.md#settings has more on each setting, and the settings without a flag.',
  },
  {
    title: 'Flags for sources of settings',
    flags: sourceFlags,
    words: 'docs/configuration.md#files describes the files.',
  },
]

const isAmong = (flags: readonly NamedArgument[], flag: NamedArgument): boolean =>
  flags.some((other) => Bun.deepEquals(other, flag))

export const isShared = (flag: NamedArgument): boolean =>
  [commonFlags, ...sharedFlags.map(({ flags }) => flags)].some((flags) => isAmong(flagsOf(flags), flag))

/** A set of shared flags, split into those that a command accepts and the others. */
export interface SharedPart {
  readonly title: string
  readonly taken: readonly NamedArgument[]
  readonly left: readonly NamedArgument[]
}

/** Returns the sets that have at least one flag of the command. */
export const sharedParts = (ofCommand: readonly NamedArgument[]): SharedPart[] =>
  sharedFlags
    .map(({ title, flags }) => ({
      title,
      taken: flagsOf(flags).filter((flag) => isAmong(ofCommand, flag)),
      left: flagsOf(flags).filter((flag) => !isAmong(ofCommand, flag)),
    }))
    .filter(({ taken }) => taken.length > 0)

/** Describes a part: the whole set, the set without some flags, or some flags of it. */
export const sharedWords = (
  { title, taken, left }: SharedPart,
  link: (title: string) => string,
  names: (flags: readonly NamedArgument[]) => string,
): string => {
  const linked = link(title)
  if (left.length === 0) return `the ${linked}`
  return taken.length < left.length ? `${names(taken)} of the ${linked}` : `the ${linked} except ${names(left)}`
}

export const exitCodes: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'Success; also after a signal ends a server.'],
  ['1', 'An error at run time.'],
  ['2', 'Wrong use or configuration. The message names the remedy.'],
  ['130', 'You cancelled a prompt (Ctrl-C, Ctrl-D or Escape).'],
]

export const outputConventions =
  'Standard output contains only output for scripts: the launch command, a list, JSON. Messages for users go to standard error, with colours only if it is a terminal, `TERM` is not `dumb` and `NO_COLOR` is not set.'
