import type { ArgDef, ArgsDef } from 'citty'
import { localNames } from '../../config/paths.ts'
import { hintOf, type Setting, variablesOf } from '../../config/settings/setting.ts'
import { settings } from '../../config/settings/settings.ts'
import { shells } from '../clients/shells.ts'

const describe = (setting: Setting): string => {
  const { description, default: fallback, offDescription } = setting
  const variables = variablesOf(setting)
  if (offDescription !== undefined)
    return variables.length === 0 ? offDescription : `${offDescription} (${variables.join(', ')}=false)`
  const origins = [
    variables.join(', '),
    fallback === undefined || fallback === false ? '' : `default ${fallback}`,
  ].filter((part) => part !== '')
  return origins.length === 0 ? description : `${description} (${origins.join('; ')})`
}

const hasFlag = (setting: Setting): setting is Setting & { readonly flag: string } => setting.flag !== undefined

/** Of settings that share a flag, the first one describes it. */
const isFirst = ({ flag }: Setting, index: number, all: readonly Setting[]): boolean =>
  all.findIndex((other) => other.flag === flag) === index

/** Flags that choose the upstream and its models. */
export const modelFlags = ['model', 'small-model', 'upstream', 'provider', 'openai-url', 'model-map'] as const

/** The flags of all settings except those named. */
export const settingFlags = (...without: readonly string[]): ArgsDef =>
  Object.fromEntries(
    (settings as readonly Setting[])
      .filter(hasFlag)
      .filter(isFirst)
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

/** Only the named flags of settings. */
export const settingFlagsNamed = (...names: readonly string[]): ArgsDef =>
  Object.fromEntries(Object.entries(settingFlags()).filter(([name]) => names.includes(name)))

/** Flags that select the sources of settings. */
export const sourceFlags: ArgsDef = {
  config: {
    type: 'string',
    valueHint: 'file',
    description: 'Use this configuration file instead of your own (NEXUS_CONFIG, CONFIG_FILE)',
  },
  'env-file': {
    type: 'string',
    // The letter of Claude Nexus Proxy (M1).
    alias: 'e',
    valueHint: 'file',
    description:
      'Read variables (NAME=value) from this file; existing variables win. No .env file is loaded automatically',
  },
  dev: {
    type: 'boolean',
    description: `Use configuration and log in the current directory: ${localNames.config}, ${localNames.log}`,
  },
}

export const simulateFlag: ArgDef = {
  type: 'boolean',
  description: 'Use an embedded simulation of the upstream; needs no key',
}

export const verboseFlag: ArgDef = {
  type: 'boolean',
  alias: 'v',
  description: 'Use log level debug; the log never contains secrets or prompts',
}

export const shellFlag = (description: string): ArgDef => ({ type: 'string', valueHint: shells.join('|'), description })
