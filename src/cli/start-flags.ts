import type { ArgsDef } from 'citty'
import { type Setting, settings } from '../config/settings.ts'
import { commonFlags } from './arguments.ts'
import { shells } from './shells.ts'

const describe = ({ description, environment, default: fallback }: Setting): string => {
  const origins = [
    environment.join(', '),
    fallback === undefined || fallback === false ? '' : `default ${fallback}`,
  ].filter((part) => part !== '')
  return origins.length === 0 ? description : `${description} (${origins.join('; ')})`
}

const hasFlag = (setting: Setting): setting is Setting & { readonly flag: string } => setting.flag !== undefined

/** One flag for each setting that has one. */
const settingFlags: ArgsDef = Object.fromEntries(
  (settings as readonly Setting[]).filter(hasFlag).map((setting) => [
    setting.flag,
    {
      ...(setting.type.kind === 'switch'
        ? { type: 'boolean' as const }
        : { type: 'string' as const, valueHint: setting.hint }),
      description: describe(setting),
      ...(setting.alias !== undefined && { alias: setting.alias }),
    },
  ]),
)

export const startFlags: ArgsDef = {
  ...settingFlags,
  'claude-code': {
    type: 'boolean',
    alias: 'c',
    description: 'Print the command that starts Claude Code against this server',
  },
  shell: {
    type: 'string',
    valueHint: shells.join('|'),
    description: 'Shell that the command is for (default the one we run in)',
  },
  config: { type: 'string', valueHint: 'file', description: 'Configuration file, instead of your own (NEXUS_CONFIG)' },
  'env-file': {
    type: 'string',
    valueHint: 'file',
    description: 'File of variables (NAME=value); none is read by itself',
  },
  dev: { type: 'boolean', description: 'Configuration and log in the current directory' },
  simulate: { type: 'boolean', description: 'Answer from an embedded simulation of AI Nexus; needs no key' },
  'dry-run': { type: 'boolean', description: 'Check and print the configuration, and exit' },
  verbose: { type: 'boolean', alias: 'v', description: 'Log level debug; still without secrets or prompts' },
  ...commonFlags,
}
