import { defaults, isAvailable } from '../../src/config/portable-options.ts'
import type { Setting, SettingType } from '../../src/config/settings/setting.ts'
import { settings } from '../../src/config/settings/settings.ts'

/** The types of `dist/portable.js`, made from the table of settings, so that a user needs none of our sources. */

const price =
  '{ readonly input: number; readonly output: number; readonly cacheRead?: number; readonly cacheWrite?: number; readonly cacheWrite1h?: number }'

const typeOf = (type: SettingType): string => {
  switch (type.kind) {
    case 'choice':
      return type.options.map((option) => `'${option}'`).join(' | ')
    case 'switch':
      return 'boolean'
    case 'number':
      return 'number'
    case 'list':
    case 'command':
      return 'readonly string[]'
    case 'map':
    case 'headers':
      return 'Readonly<Record<string, string>>'
    case 'prices':
      return `Readonly<Record<string, ${price}>>`
    case 'object':
      return 'Readonly<Record<string, unknown>>'
    case 'text':
    case 'host':
    case 'secret':
    case 'url':
    case 'currency':
      return 'string'
  }
}

interface Group {
  readonly members: Map<string, Setting | Group>
}

const isGroup = (member: Setting | Group | undefined): member is Group => member !== undefined && 'members' in member

const toTree = (rows: readonly Setting[]): Group => {
  const root: Group = { members: new Map() }
  for (const row of rows) {
    const names = row.key.split('.')
    const last = names.pop() ?? ''
    let group = root
    for (const name of names) {
      const known = group.members.get(name)
      const next = isGroup(known) ? known : { members: new Map() }
      group.members.set(name, next)
      group = next
    }
    group.members.set(last, row)
  }
  return root
}

const own: Readonly<Record<string, unknown>> = defaults.settings

const sentenceOf = ({ key, description, default: program }: Setting): string => {
  const usual = own[key] ?? program
  return `${description}${usual === undefined ? '' : ` (default: ${usual})`}.`
}

const linesOf = ({ members }: Group, indent: string): string =>
  [...members]
    .map(([name, member]) =>
      isGroup(member)
        ? `${indent}readonly ${name}?: {\n${linesOf(member, `${indent}  `)}${indent}} | undefined\n`
        : `${indent}/** ${sentenceOf(member)} */\n${indent}readonly ${name}?: ${typeOf(member.type)} | undefined\n`,
    )
    .join('')

const available = (settings as readonly Setting[]).filter(({ key }) => isAvailable(key))

export const portableTypes = `/** Settings, with the keys of a configuration file. Those that need files, programs or Redis are absent. */
export interface FetchOptions {
${linesOf(toTree(available), '  ')}}

/** What the runtime gives. */
export interface Platform {
  /** Gets each line of the log, without a line break at its end; by default, the console. */
  readonly log?: ((line: string, level: 'debug' | 'info' | 'warn' | 'error') => void) | undefined
}

/** Handles a request; \`peer\` returns the address of the other end of the connection, for limits and the log. */
export type PortableFetch = (request: Request, peer?: () => string | undefined) => Promise<Response>

/**
 * Creates the handler. Call it once, when the module is loaded: Workers let the app generate its code only then. Throws
 * an error named \`UsageError\` for options that are not valid; its message names the key.
 */
export declare const createFetch: (options: FetchOptions, platform?: Platform) => PortableFetch

/** The options that variables set, such as those of \`process.env\`. Throws an error named \`UsageError\`. */
export declare const optionsFromEnvironment: (environment: object) => FetchOptions
`
