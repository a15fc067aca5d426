import type { ArgDef } from 'citty'
import { productName } from '../../version.ts'
import { colors } from '../terminal/colors.ts'
import type { Io } from '../terminal/io.ts'
import { labelled, usualColumns, wrap } from '../terminal/wrap.ts'
import { flagsOf, type NamedArgument, positionalsOf, positionalText, shortOf } from './arguments.ts'
import type { Command } from './command.ts'
import { groupedFlags } from './flag-groups.ts'

/** Lays out help texts for the terminal. */

export interface HelpLayout {
  /** At most `usualColumns`, because longer lines are hard to read. */
  readonly columns: number
  readonly isBold: boolean
}

export const helpLayout = ({ outColumns, isOutTerminal, useColor }: Io): HelpLayout => ({
  columns: Math.min(outColumns, usualColumns),
  isBold: useColor && isOutTerminal,
})

const indent = '  '
/** The column where descriptions begin. */
const descriptionColumn = 30
/** A narrower terminal is too narrow for two columns: descriptions get their own lines. */
const narrowColumns = 72
const narrowDescriptionColumn = 8

const row = (left: string, description: string, { columns }: HelpLayout): string =>
  labelled(left, description, columns < narrowColumns ? narrowDescriptionColumn : descriptionColumn, columns)

const paragraph = (text: string, { columns }: HelpLayout): string => wrap(text, columns).join('\n')

const heading = (title: string, { isBold }: HelpLayout): string => (isBold ? colors.bold(title) : title)

const section = (title: string, lines: readonly string[], layout: HelpLayout): string[] =>
  lines.length === 0 ? [] : [`${heading(`${title}:`, layout)}\n${lines.join('\n')}`]

/** `--port <port>`, `--dev`. */
export const flagText = (name: string, flag: ArgDef): string =>
  `--${name}${flag.type === 'boolean' ? '' : ` <${flag.valueHint ?? 'value'}>`}`

const flagRow = ([name, flag]: NamedArgument, layout: HelpLayout): string => {
  const short = shortOf(flag)
  const left = `${short === undefined ? '    ' : `-${short}, `}${flagText(name, flag)}`
  return row(left, flag.description ?? '', layout)
}

/** `nexus-claude-api config set [flags] <key> [value]`. */
export const usageLine = ({ name, args, rest }: Command): string =>
  [
    productName,
    name,
    '[flags]',
    ...positionalsOf(args).map(positionalText),
    ...(rest === undefined ? [] : [rest.passThrough === undefined ? `[-- ${rest.hint}]` : `[${rest.hint}]`]),
  ].join(' ')

const usageOf = (line: string, layout: HelpLayout): string => `${heading('Usage:', layout)} ${line}`

export interface CommandSummary {
  readonly name: string
  readonly description: string
}

const summaryRows = (commands: readonly CommandSummary[], layout: HelpLayout): string[] =>
  commands.map(({ name, description }) => row(name, description, layout))

/** `members` are commands whose names begin with the name of this one: `usage watch`. */
export const commandUsage = (command: Command, layout: HelpLayout, members: readonly CommandSummary[] = []): string => {
  const { description, details = [], args, examples } = command
  const paragraphs = [
    paragraph(`${description}.`, layout),
    ...details.map((text) => paragraph(text, layout)),
    usageOf(usageLine(command), layout),
    ...section('Commands', summaryRows(members, layout), layout),
    ...section(
      'Arguments',
      positionalsOf(args).map(([name, argument]) => row(name, argument.description ?? '', layout)),
      layout,
    ),
    ...groupedFlags(flagsOf(args)).flatMap(({ title, flags }) =>
      section(
        title,
        flags.map((flag) => flagRow(flag, layout)),
        layout,
      ),
    ),
    ...section(
      'Examples',
      examples.flatMap(({ line, what }) => [`${indent}# ${what}`, `${indent}${line}`]),
      layout,
    ),
  ]
  return `${paragraphs.join('\n\n')}\n`
}

export const groupUsage = (
  { name, description }: CommandSummary,
  members: readonly CommandSummary[],
  layout: HelpLayout,
): string =>
  `${[
    paragraph(`${description}.`, layout),
    usageOf(`${productName} ${name} <command> [flags]`, layout),
    ...section('Commands', summaryRows(members, layout), layout),
    paragraph(`For the flags of a command: ${productName} ${name} <command> --help`, layout),
  ].join('\n\n')}\n`

export const mainUsage = (
  commands: readonly CommandSummary[],
  defaultCommand: string,
  layout: HelpLayout,
): string => `Run Claude Code, Codex or opencode on your company's key.

${usageOf(`${productName} [command] [flags]`, layout)}

${section('Commands', summaryRows(commands, layout), layout).join('')}

${paragraph(
  `Without a command, ${defaultCommand} runs. For the flags and examples of a command: ${productName} help <command>. --version prints the version.`,
  layout,
)}
`
