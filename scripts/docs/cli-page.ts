import type { Catalogue } from '../../src/cli/commands/help.ts'
import { commonFlags, flagsOf, type NamedArgument, positionalsOf, shortOf } from '../../src/cli/parse/arguments.ts'
import type { Command } from '../../src/cli/parse/command.ts'
import { flagText, usageLine } from '../../src/cli/parse/usage.ts'
import { wrap } from '../../src/cli/terminal/wrap.ts'
import { productName } from '../../src/version.ts'
import { anchor, code, listed, prose, table } from './markdown.ts'
import { exitCodes, isShared, outputConventions, sharedFlags, sharedParts, sharedWords } from './shared-flags.ts'

/** Generates docs/cli.md from the commands. */

const pageColumns = 110
const paragraph = (text: string): string => wrap(text, pageColumns).join('\n')

const flagRow = ([name, flag]: NamedArgument): string[] => {
  const short = shortOf(flag)
  const spellings = [flagText(name, flag), ...(short === undefined ? [] : [`-${short}`])]
  return [spellings.map(code).join(', '), prose(`${flag.description}.`)]
}

const flagTable = (flags: readonly NamedArgument[]): string => table(['flag', ''], flags.map(flagRow))

const names = (flags: readonly NamedArgument[]): string =>
  listed(
    flags.map(([name]) => code(`--${name}`)),
    'and',
  )

const link = (title: string): string => `[${title.charAt(0).toLowerCase()}${title.slice(1)}](${anchor(title)})`

const sectionOf = (command: Command): string[] => {
  const { name, description, details = [], args, examples } = command
  const flags = flagsOf(args)
  const own = flags.filter((flag) => !isShared(flag))
  const parts = sharedParts(flags).map((part) => sharedWords(part, link, names))
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
    ...(parts.length === 0 ? [] : [`${own.length === 0 ? 'Accepts' : 'Also accepts'} ${listed(parts, 'and')}.`]),
    ...(examples.length === 0
      ? []
      : [`\`\`\`sh\n${examples.map(({ line, what }) => `# ${what}\n${line}`).join('\n')}\n\`\`\``]),
  ]
}

const introduction = ({ defaultCommand }: Catalogue): string[] => [
  '# Command line',
  '<!-- `bun run docs` generates this page from the commands: change them, not this page. -->',
  paragraph(
    `\`${productName} [command] [flags]\`. Without a command, \`${defaultCommand.name}\` runs. Write the value of a flag after a space or after \`=\`. An unknown command or flag causes an error that suggests the nearest known one.`,
  ),
]

const conventions: readonly string[] = [
  '## On every command',
  flagTable(flagsOf(commonFlags)),
  paragraph(outputConventions),
  table(
    ['exit code', ''],
    exitCodes.map(([exitCode, meaning]) => [code(exitCode), meaning]),
  ),
  'The description of a command lists other exit codes.',
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
    ...sharedFlags.flatMap(({ title, flags, words }) => [
      `## ${title}`,
      paragraph(prose(words)),
      flagTable(flagsOf(flags)),
    ]),
  ]
  return `${parts.join('\n\n')}\n`
}
