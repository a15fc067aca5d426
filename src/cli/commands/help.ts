import { didYouMean } from '../../base/did-you-mean.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import { productName } from '../../version.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command, CommandGroup } from '../parse/command.ts'
import {
  type CommandSummary,
  commandUsage,
  groupUsage,
  type HelpLayout,
  helpLayout,
  mainUsage,
} from '../parse/usage.ts'

/** All commands. */
export interface Catalogue {
  readonly commands: readonly Command[]
  readonly groups: readonly CommandGroup[]
  readonly defaultCommand: Command
}

const isMember = (group: CommandGroup, { name }: Command): boolean => name.startsWith(`${group.name} `)

/** The commands on the first page; a group represents its members, and the command that has its name. */
export const topLevel = ({ commands, groups }: Catalogue): CommandSummary[] => {
  const alone = commands.filter(
    (command) =>
      command.isHidden !== true && !groups.some((group) => group.name === command.name || isMember(group, command)),
  )
  return [...alone.filter(({ name }) => name !== 'help'), ...groups, ...alone.filter(({ name }) => name === 'help')]
}

export const mainHelp = (catalogue: Catalogue, layout: HelpLayout): string =>
  mainUsage(topLevel(catalogue), catalogue.defaultCommand.name, layout)

const membersOf = (name: string, { commands, groups }: Catalogue): Command[] =>
  commands.filter((command) => groups.some((group) => group.name === name && isMember(group, command)))

/** The command or group that the first words of a command line name; `words` is their number. */
export type HelpTarget =
  | { readonly kind: 'command'; readonly command: Command; readonly words: number }
  | { readonly kind: 'group'; readonly group: CommandGroup }

/** Command names of other programs, with our name for each. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ...['serve', 'server', 'run', 'up'].map((word) => [word, 'start'] as const),
  ['version', '--version'],
  ['status', 'health'],
  ['check', 'doctor'],
  ['code', 'claude'],
])

/** `known` has the valid words for the last place. */
const unknown = (typed: readonly string[], known: readonly string[], help: string): UsageError => {
  const named = typed.map(printableName).join('')
  const [last = ''] = typed.slice(-1)
  const group = typed.slice(0, -1).map((word) => `${word} `)
  const ownName = group.length === 0 ? otherNames.get(last) : undefined
  const hint = ownName === undefined ? didYouMean(last, known) : ` Did you mean ${ownName}?`
  return new UsageError(
    `Unknown command${named}.${hint.replace('Did you mean ', `Did you mean ${group.join('')}`)} See ${productName} ${help}.`,
  )
}

const isNamed = ({ name, aliases = [] }: Command, words: string): boolean => name === words || aliases.includes(words)

const isNoMember = (word: string): boolean => word === '' || word.startsWith('-')

/** Throws UsageError that suggests the nearest known command. */
export const findCommand = ([first = '', second = '']: readonly string[], catalogue: Catalogue): HelpTarget => {
  const { commands, groups } = catalogue
  const group = groups.find(({ name }) => name === first)
  const alone = commands.find((candidate) => isNamed(candidate, first))
  if (alone !== undefined && (group === undefined || isNoMember(second)))
    return { kind: 'command', command: alone, words: 1 }
  if (group === undefined) {
    throw unknown(
      [first],
      topLevel(catalogue).map(({ name }) => name),
      '--help',
    )
  }
  if (isNoMember(second)) return { kind: 'group', group }
  const command = commands.find((candidate) => isNamed(candidate, `${first} ${second}`))
  if (command !== undefined) return { kind: 'command', command, words: 2 }
  const members = membersOf(group.name, catalogue)
    .flatMap(({ name, aliases = [] }) => [name, ...aliases])
    .map((name) => name.slice(group.name.length + 1))
  throw unknown([first, second], members, `${first} --help`)
}

/** The help of a command or a group. */
export const helpOf = (found: HelpTarget, catalogue: Catalogue, layout: HelpLayout): string =>
  found.kind === 'group'
    ? groupUsage(found.group, membersOf(found.group.name, catalogue), layout)
    : commandUsage(found.command, layout, membersOf(found.command.name, catalogue))

/** Throws UsageError for a second word after a command of one word. */
const findNamed = (command: string, member: string | undefined, all: Catalogue): HelpTarget => {
  const found = findCommand([command, member ?? ''], all)
  if (found.kind === 'command' && found.words === 1 && member !== undefined)
    throw unknown([command, member], [], 'help')
  return found
}

export const createHelpCommand = (catalogue: () => Catalogue): Command => ({
  name: 'help',
  description: 'Show the help of a command: its flags and examples',
  args: {
    command: { type: 'positional', required: false, description: 'Name of the command (default all commands)' },
    member: { type: 'positional', required: false, description: 'Second word of the command, if it has one' },
    ...commonFlags,
  },
  examples: [
    { line: `${productName} help start`, what: 'Show the help of start' },
    { line: `${productName} help`, what: 'List all commands' },
  ],
  async run({ positionals: { command, member } }, io) {
    const all = catalogue()
    if (command === undefined) io.out(mainHelp(all, helpLayout(io)))
    else io.out(helpOf(findNamed(command, member, all), all, helpLayout(io)))
    return undefined
  },
})
