import { type Setting, settings } from '../../src/config/settings.ts'
import { code, listed, prose, table } from './markdown.ts'

/** docs/configuration.md: its words are written by hand, its tables of settings come from the settings. */

const allSettings: readonly Setting[] = settings

/** What may be given, where the type says it and the words do not. */
const range = ({ type, details = '' }: Setting): string => {
  if (type.kind === 'number') return ` From ${type.minimum} to ${type.maximum}.`
  if (type.kind !== 'choice') return ''
  const options = type.options.map(code)
  return options.every((option) => details.includes(option)) ? '' : ` ${listed(options, 'or')}.`
}

const cellsOf = (setting: Setting): string[] => {
  const { key, environment, default: fallback, description, details } = setting
  const text = `${description}.${range(setting)}${details === undefined ? '' : ` ${details}`}`
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

const marked = /(<!-- generated: ([^>]+) -->\n)[\s\S]*?(\n<!-- \/generated -->)/g

/** The page with its tables made anew. Throws for a place that nothing is made for, and for a table that has none. */
export const configurationPage = (page: string): string => {
  const places = [...page.matchAll(marked)].map(([, , name]) => name)
  if (places.join() !== [...tables.keys()].join())
    throw new Error(
      `docs/configuration.md has places for ${places.join(', ')}, not for ${[...tables.keys()].join(', ')}`,
    )
  return page.replace(marked, (_, begin: string, name: string, end: string) => `${begin}\n${tables.get(name)}\n${end}`)
}
