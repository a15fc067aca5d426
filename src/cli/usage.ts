import type { ArgDef, ArgsDef } from 'citty'

/** Help texts, readable in a terminal of 80 columns. */

const terminalColumns = 80
const indent = '  '
/** Where descriptions begin; a longer flag has a line of its own. */
const descriptionColumn = 30

const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

const row = (left: string, description: string): string => {
  const described = wrap(description, terminalColumns - descriptionColumn)
  const head = `${indent}${left}`
  const isLong = head.length > descriptionColumn - 2
  const lines = isLong
    ? [head, ...described.map((line) => ' '.repeat(descriptionColumn) + line)]
    : described.map((line, index) => (index === 0 ? head : '').padEnd(descriptionColumn) + line)
  return lines.join('\n')
}

const flagText = (name: string, flag: ArgDef): string => {
  const [short] = 'alias' in flag ? [flag.alias ?? []].flat() : []
  const value = flag.type === 'boolean' ? '' : ` <${flag.valueHint ?? 'value'}>`
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${value}`
}

export const commandUsage = (name: string, description: string, flags: ArgsDef): string => {
  const rows = Object.entries(flags).map(([flag, definition]) =>
    row(flagText(flag, definition), definition.description ?? ''),
  )
  return `${description}.\n\nUsage: ${name} [flags]\n\nFlags:\n${rows.join('\n')}\n`
}

export interface CommandSummary {
  readonly name: string
  readonly description: string
}

export const mainUsage = (
  name: string,
  description: string,
  commands: readonly CommandSummary[],
  defaultCommand: string,
): string => {
  const rows = commands.map((command) => row(command.name, command.description))
  return `${description}.

Usage: ${name} [command] [flags]

Commands:
${rows.join('\n')}

Without a command, ${defaultCommand} runs. ${name} <command> --help has its flags;
--version tells the version.
`
}
