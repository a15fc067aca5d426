import type { ArgDef, ArgsDef } from 'citty'
import { localNames } from '../../config/paths.ts'
import { hintOf, type Setting } from '../../config/settings/setting.ts'
import { settings } from '../../config/settings/settings.ts'
import { shells } from '../claude-code/launch/shells.ts'

const describe = ({ description, environment, default: fallback }: Setting): string => {
  const origins = [
    environment.join(', '),
    fallback === undefined || fallback === false ? '' : `default ${fallback}`,
  ].filter((part) => part !== '')
  return origins.length === 0 ? description : `${description} (${origins.join('; ')})`
}

const hasFlag = (setting: Setting): setting is Setting & { readonly flag: string } => setting.flag !== undefined

/** One flag for each setting that has one, but for those named. */
export const settingFlags = (...without: readonly string[]): ArgsDef =>
  Object.fromEntries(
    (settings as readonly Setting[])
      .filter(hasFlag)
      .filter(({ flag }) => !without.includes(flag))
      .map((setting) => [
        setting.flag,
        {
          ...(setting.type.kind === 'switch'
            ? { type: 'boolean' as const }
            : { type: 'string' as const, valueHint: hintOf(setting) }),
          description: describe(setting),
          ...(setting.alias !== undefined && { alias: setting.alias }),
        },
      ]),
  )

/** Those flags of settings alone. */
export const settingFlagsNamed = (...names: readonly string[]): ArgsDef =>
  Object.fromEntries(Object.entries(settingFlags()).filter(([name]) => names.includes(name)))

/** Where settings are read from. */
export const sourceFlags: ArgsDef = {
  config: { type: 'string', valueHint: 'file', description: 'Configuration file, instead of your own (NEXUS_CONFIG)' },
  'env-file': {
    type: 'string',
    valueHint: 'file',
    description: 'File of variables (NAME=value); what is really set goes first, and no file is read by itself',
  },
  dev: {
    type: 'boolean',
    description: `Configuration and log in the current directory: ${localNames.config}, ${localNames.log}`,
  },
}

export const simulateFlag: ArgDef = {
  type: 'boolean',
  description: 'Answer from an embedded simulation of AI Nexus; needs no key',
}

export const verboseFlag: ArgDef = {
  type: 'boolean',
  alias: 'v',
  description: 'Log level debug; still without secrets or prompts',
}

export const shellFlag = (description: string): ArgDef => ({ type: 'string', valueHint: shells.join('|'), description })
