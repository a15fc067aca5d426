import type { ArgsDef } from 'citty'
import { commonFlags, flagsOf, type NamedArgument, positionalsOf, shortOf } from '../../src/cli/arguments.ts'
import type { Command } from '../../src/cli/command.ts'
import { settingFlags, sourceFlags } from '../../src/cli/config-flags.ts'
import type { Catalogue } from '../../src/cli/help.ts'
import { flagText, usageLine } from '../../src/cli/usage.ts'
import { wrap } from '../../src/cli/wrap.ts'
import { productName } from '../../src/version.ts'
import { anchor, code, listed, prose, table } from './markdown.ts'

/** docs/cli.md, all of it: what the commands say of themselves. */

const pageColumns = 110
const paragraph = (text: string): string => wrap(text, pageColumns).join('\n')

const flagRow = ([name, flag]: NamedArgument): string[] => {
  const short = shortOf(flag)
  const spellings = [flagText(name, flag), ...(short === undefined ? [] : [`-${short}`])]
  return [spellings.map(code).join(', '), prose(`${flag.description}.`)]
}

const flagTable = (flags: readonly NamedArgument[]): string => table(['flag', ''], flags.map(flagRow))

/** Flags of many commands, each told once. */
const shared: readonly { readonly title: string; readonly flags: ArgsDef; readonly words: string }[] = [
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

const isShared = (flag: NamedArgument): boolean =>
  [commonFlags, ...shared.map(({ flags }) => flags)].some((flags) => isAmong(flagsOf(flags), flag))

const names = (flags: readonly NamedArgument[]): string =>
  listed(
    flags.map(([name]) => code(`--${name}`)),
    'and',
  )

/** Which of the shared flags a command takes: all, all but a few, or a few. */
const sharedParts = (ofCommand: readonly NamedArgument[]): string[] =>
  shared.flatMap(({ title, flags }) => {
    const link = `[${title.charAt(0).toLowerCase()}${title.slice(1)}](${anchor(title)})`
    const taken = flagsOf(flags).filter((flag) => isAmong(ofCommand, flag))
    const left = flagsOf(flags).filter((flag) => !isAmong(ofCommand, flag))
    if (taken.length === 0) return []
    if (left.length === 0) return [`the ${link}`]
    return [taken.length < left.length ? `${names(taken)} of the ${link}` : `the ${link} but for ${names(left)}`]
  })

const sectionOf = (command: Command): string[] => {
  const { name, description, details = [], args, examples } = command
  const flags = flagsOf(args)
  const own = flags.filter((flag) => !isShared(flag))
  const parts = sharedParts(flags)
  const positionals = positionalsOf(args)
  return [
    `## ${name}`,
    paragraph(prose(`${description}.`)),
    `\`\`\`\n${usageLine(command)}\n\`\`\``,
    ...details.map((text) => paragraph(prose(text))),
    ...(positionals.length === 0
      ? []
      : [
          table(
            ['argument', ''],
            positionals.map(([key, { description: text }]) => [code(key), prose(`${text}.`)]),
          ),
        ]),
    ...(own.length === 0 ? [] : [flagTable(own)]),
    ...(parts.length === 0 ? [] : [`It takes ${listed(parts, 'and')}${own.length === 0 ? '' : ', too'}.`]),
    ...(examples.length === 0
      ? []
      : [`\`\`\`sh\n${examples.map(({ line, what }) => `# ${what}\n${line}`).join('\n')}\n\`\`\``]),
  ]
}

const introduction = ({ defaultCommand }: Catalogue): string[] => [
  '# Command line',
  '<!-- Made by `bun run docs` from the commands themselves: change them, not this. -->',
  paragraph(
    `\`${productName} [command] [flags]\`. Without a command, \`${defaultCommand.name}\` runs. A flag's value stands behind it or behind a \`=\`. An unknown command or flag is an error that names the nearest known one.`,
  ),
]

const conventions: readonly string[] = [
  '## On every command',
  flagTable(flagsOf(commonFlags)),
  paragraph(
    'Standard output holds only what a script may want: the launch command, a list, JSON. Everything for people goes to standard error, in colours only where that is a terminal, `TERM` is not `dumb` and `NO_COLOR` is not set.',
  ),
  table(
    ['exit code', ''],
    [
      [code('0'), 'Fine; also where a signal ended a server.'],
      [code('1'), 'A failure while running.'],
      [code('2'), 'Wrong use or configuration. The message says what to do next.'],
      [code('130'), 'You gave up at a question (Ctrl-C, Ctrl-D or Escape).'],
    ],
  ),
  'Where a command has other exit codes, its own words say so.',
]

export const cliPage = (catalogue: Catalogue): string => {
  const commands = catalogue.commands.filter(({ isHidden }) => isHidden !== true)
  const summary = table(
    ['command', ''],
    commands.map(({ name, description }) => [`[${code(name)}](${anchor(name)})`, prose(`${description}.`)]),
  )
  const parts = [
    ...introduction(catalogue),
    summary,
    ...conventions,
    ...commands.flatMap(sectionOf),
    ...shared.flatMap(({ title, flags, words }) => [`## ${title}`, paragraph(prose(words)), flagTable(flagsOf(flags))]),
  ]
  return `${parts.join('\n\n')}\n`
}
