import type { Setting } from '../../src/config/settings/setting.ts'
import { settings } from '../../src/config/settings/settings.ts'
import { code, listed, prose, table } from './markdown.ts'
import { fillPlaceholders } from './placeholders.ts'

/** Generates the tables of docs/configuration.md from the settings. Its text is handwritten. */

const allSettings: readonly Setting[] = settings

/** The valid values, unless the details list them. */
const range = ({ type, details = '' }: Setting): string => {
  if (type.kind === 'number') return ` From ${type.minimum} to ${type.maximum}.`
  if (type.kind !== 'choice') return ''
  const options = type.options.map(code)
  return options.every((option) => details.includes(option)) ? '' : ` ${listed(options, 'or')}.`
}

/** The variables of other programs: ` With `--upstream` `openai` or `anthropic`, also `PORT`.` */
const upstreamVariables = ({ upstreamEnvironment = {} }: Setting): string => {
  const upstreamsOf = new Map<string, string[]>()
  for (const [upstream, variables] of Object.entries(upstreamEnvironment)) {
    const list = listed(variables.map(code), 'and')
    upstreamsOf.set(list, [...(upstreamsOf.get(list) ?? []), code(upstream)])
  }
  return [...upstreamsOf]
    .map(([list, upstreams]) => ` With \`--upstream\` ${listed(upstreams, 'or')}, also ${list}.`)
    .join('')
}

const cellsOf = (setting: Setting): string[] => {
  const { key, environment, default: fallback, description, details } = setting
  const text = `${description}.${range(setting)}${details === undefined ? '' : ` ${details}`}${upstreamVariables(setting)}`
  return [
    fallback === undefined ? 'none' : code(String(fallback)),
    environment.map(code).join(', '),
    code(key),
    prose(text),
  ]
}

const flagCell = ({ flag, alias }: Setting): string =>
  [`--${flag}`, ...(alias === undefined ? [] : [`-${alias}`])].map(code).join(', ')

const headers = ['default', 'variable', 'file key', '']

const tables: ReadonlyMap<string, string> = new Map([
  [
    'settings with a flag',
    table(
      ['flag', ...headers],
      allSettings.filter(({ flag }) => flag !== undefined).map((setting) => [flagCell(setting), ...cellsOf(setting)]),
    ),
  ],
  ['settings without a flag', table(headers, allSettings.filter(({ flag }) => flag === undefined).map(cellsOf))],
])

export const configurationPage = (page: string): string => fillPlaceholders('docs/configuration.md', page, tables)
