import type { Machine } from '../../config/paths.ts'
import { textFlag } from '../parse/arguments.ts'
import type { Flags } from '../parse/parsed-arguments.ts'

/** The configuration file that the user names in place of the own one. */
export interface NamedFile {
  readonly path: string
  /** For messages. */
  readonly source: '--config' | 'NEXUS_CONFIG' | 'CONFIG_FILE'
}

/** The file itself may choose the upstream, but not the variable that names it. */
const isOfReplacedSystem = (flags: Flags, environment: Machine['environment']): boolean =>
  ['openai', 'anthropic'].includes(textFlag(flags, 'upstream') ?? environment['NEXUS_UPSTREAM'] ?? '')

/** `CONFIG_FILE` is the variable of claude-code-proxy-api (OP-S1). */
export const namedConfigFile = (flags: Flags, environment: Machine['environment']): NamedFile | undefined => {
  const flag = textFlag(flags, 'config')
  if (flag !== undefined) return { path: flag, source: '--config' }
  const sources = ['NEXUS_CONFIG', ...(isOfReplacedSystem(flags, environment) ? ['CONFIG_FILE' as const] : [])] as const
  const source = sources.find((name) => environment[name])
  return source && { path: environment[source] ?? '', source }
}
