import type { ArgDef } from 'citty'
import { productName } from '../version.ts'
import { flagsOf, positionalsOf, positionalText, shortOf } from './arguments.ts'
import type { Command } from './command.ts'
import { labelled, usualColumns, wrap } from './wrap.ts'

/** Help texts, readable in a terminal of 80 columns. */

const indent = '  '
/** Where descriptions begin. */
const descriptionColumn = 30

const row = (left: string, description: string): string => labelled(left, description, descriptionColumn)

const paragraph = (text: string): string => wrap(text, usualColumns).join('\n')

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:\n${lines.join('\n')}`]

/** `--port <port>`, `--dev`. */
export const flagText = (name: string, flag: ArgDef): string =>
  `--${name}${flag.type === 'boolean' ? '' : ` <${flag.valueHint ?? 'value'}>`}`

const flagRow = ([name, flag]: readonly [string, ArgDef]): string => {
  const short = shortOf(flag)
  return row(`${short === undefined ? '    ' : `-${short}, `}${flagText(name, flag)}`, flag.description ?? '')
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

export const commandUsage = (command: Command): string => {
  const { description, details = [], args, examples } = command
  const paragraphs = [
    paragraph(`${description}.`),
    ...details.map(paragraph),
    `Usage: ${usageLine(command)}`,
    ...section(
      'Arguments',
      positionalsOf(args).map(([name, argument]) => row(name, argument.description ?? '')),
    ),
    ...section('Flags', flagsOf(args).map(flagRow)),
    ...section(
      'Examples',
      examples.flatMap(({ line, what }) => [`${indent}# ${what}`, `${indent}${line}`]),
    ),
  ]
  return `${paragraphs.join('\n\n')}\n`
}

export interface CommandSummary {
  readonly name: string
  readonly description: string
}

const summaryRows = (commands: readonly CommandSummary[]): string[] =>
  commands.map(({ name, description }) => row(name, description))

export const groupUsage = ({ name, description }: CommandSummary, members: readonly CommandSummary[]): string =>
  `${[
    paragraph(`${description}.`),
    `Usage: ${productName} ${name} <command> [flags]`,
    ...section('Commands', summaryRows(members)),
    `${productName} ${name} <command> --help has the flags of each.`,
  ].join('\n\n')}\n`

export const mainUsage = (commands: readonly CommandSummary[], defaultCommand: string): string =>
  `Run Claude Code on your AI Nexus key.

Usage: ${productName} [command] [flags]

Commands:
${summaryRows(commands).join('\n')}

Without a command, ${defaultCommand} runs. ${productName} help <command> has its flags and
examples; --version tells the version.
`
