import type { Catalogue } from '../../src/cli/commands/help.ts'
import { commonFlags, flagsOf, type NamedArgument, positionalsOf, shortOf } from '../../src/cli/parse/arguments.ts'
import type { Command } from '../../src/cli/parse/command.ts'
import { flagText, usageLine } from '../../src/cli/parse/usage.ts'
import { localNames } from '../../src/config/paths.ts'
import { type Setting, settings } from '../../src/config/settings/settings.ts'
import { listed } from '../docs/markdown.ts'
import { exitCodes, isShared, outputConventions, sharedFlags, sharedParts, sharedWords } from '../docs/shared-flags.ts'
import { bold, italic, item, paragraph, plain, prose, section, subsection, verbatim } from './roff.ts'

/** The one manual page: what the commands say of themselves, as docs/cli.md is made. */

export interface ManPageFacts {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly homepage: string
  /** In seconds. */
  readonly date: number
}

const flagItem = ([name, flag]: NamedArgument): string => {
  const short = shortOf(flag)
  const [spelling = '', value] = flagText(name, flag).split(' ')
  const term = [
    ...(short === undefined ? [] : [`${bold(`-${short}`)}, `]),
    bold(spelling),
    ...(value === undefined ? [] : [` ${italic(value.slice(1, -1))}`]),
  ]
  return item(term.join(''), prose(`${flag.description ?? ''}.`))
}

const names = (flags: readonly NamedArgument[]): string =>
  listed(
    flags.map(([name]) => `\`--${name}\``),
    'and',
  )

const commandParts = (command: Command): string[] => {
  const { name, description, details = [], args, examples } = command
  const flags = flagsOf(args)
  const own = flags.filter((flag) => !isShared(flag))
  const shared = sharedParts(flags).map((part) => sharedWords(part, (title) => title.toLowerCase(), names))
  return [
    subsection(name),
    prose(`${description}.`),
    verbatim([usageLine(command)]),
    ...details.map((text) => paragraph(prose(text))),
    ...positionalsOf(args).map(([key, { description: text = '' }]) => item(italic(key), prose(`${text}.`))),
    ...own.map(flagItem),
    ...(shared.length === 0
      ? []
      : [paragraph(prose(`It takes ${listed(shared, 'and')}${own.length === 0 ? '' : ', too'}.`))]),
    ...(examples.length === 0 ? [] : [verbatim(examples.flatMap(({ line, what }) => [`# ${what}`, line]))]),
  ]
}

/** What others read in our environment. */
const foreignVariables: readonly (readonly [name: string, meaning: string])[] = [
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'The way to AI Nexus.'],
  ['NODE_EXTRA_CA_CERTS', "A file of certificates to trust beside the system's own."],
  ['NO_COLOR', 'Where it is set, nothing is coloured.'],
]

const environmentItems = (): string[] => [
  ...(settings as readonly Setting[])
    .filter(({ environment }) => environment.length > 0)
    .map(({ environment, description }) =>
      item(environment.map((name) => bold(name)).join(', '), prose(`${description}.`)),
    ),
  item(bold('NEXUS_CONFIG'), 'Configuration file, instead of your own.'),
  ...foreignVariables.map(([name, meaning]) => item(bold(name), prose(meaning))),
]

const fileItems = (name: string): string[] => [
  item(
    italic(`$XDG_CONFIG_HOME/${name}/config.json`),
    prose(`Your configuration; in \`~/.config\` where the variable is not set. \`${name} config path\` shows it.`),
  ),
  item(
    `${italic(localNames.config)}, ${italic(localNames.log)}`,
    prose('Configuration and log of the current directory, with `--dev`.'),
  ),
]

export const manPage = (catalogue: Catalogue, facts: ManPageFacts): string => {
  const { name, version, description, homepage, date } = facts
  const day = new Date(date * 1000).toISOString().slice(0, 10)
  const commands = catalogue.commands.filter(({ isHidden }) => isHidden !== true)
  const { defaultCommand } = catalogue
  // The words before the colon are a sentence for a reader; a line of `apropos` has no full stop.
  const brief = description.replace(/\.$/, '')
  const parts = [
    `.TH ${plain(name.toUpperCase())} 1 ${day} "${plain(`${name} ${version}`)}" "User Commands"`,
    section('Name'),
    `${plain(name)} \\- ${plain(brief)}`,
    section('Synopsis'),
    `${bold(name)} [${italic('command')}] [${italic('flags')}]`,
    section('Description'),
    prose(
      `Without a command, \`${defaultCommand.name}\` runs. A flag's value stands behind it or behind a \`=\`. An unknown command or flag is an error that names the nearest known one.`,
    ),
    paragraph(prose(outputConventions)),
    section('Commands'),
    ...commands.flatMap(commandParts),
    section('Options'),
    subsection('On every command'),
    ...flagsOf(commonFlags).map(flagItem),
    ...sharedFlags.flatMap(({ title, flags, words }) => [
      subsection(title),
      prose(words),
      ...flagsOf(flags).map(flagItem),
    ]),
    section('Environment'),
    'A flag goes before a variable, a variable before a file.',
    ...environmentItems(),
    section('Files'),
    ...fileItems(name),
    section('Exit status'),
    ...exitCodes.map(([code, meaning]) => item(bold(code), prose(meaning))),
    paragraph('Where a command has other exit codes, its own words say so.'),
    section('Examples'),
    ...defaultCommand.examples.map(({ line, what }) => verbatim([`# ${what}`, line])),
    section('See also'),
    `The pages of the project, docs/configuration.md among them: ${italic(homepage)}`,
  ]
  return `${parts.join('\n')}\n`
}
