import type { ArgsDef } from 'citty'
import { UsageError } from '../../../base/usage-error.ts'
import { configPaths } from '../../config/config-input.ts'
import { commonFlags, textFlag } from '../../parse/arguments.ts'
import { sourceFlags } from '../../parse/config-flags.ts'
import type { Flags } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'

/** What the commands of `config` have in common. */

export const configFlags: ArgsDef = {
  ...sourceFlags,
  dev: { type: 'boolean', description: 'The file in the current directory: nexus-claude-api.local.json' },
  ...commonFlags,
}

export const keyArgument: ArgsDef = {
  key: {
    type: 'positional',
    required: true,
    description: 'Name of a setting, as files have it: model, apiKey, logging.level',
  },
}

/** The one file that a command is to change or to name. Throws UsageError. */
export const targetFile = (flags: Flags, { machine }: Io): string => {
  if (flags['dev'] === true && textFlag(flags, 'config') !== undefined) {
    throw new UsageError('--dev and --config name two files. Say only one of them.')
  }
  return configPaths(flags, machine).target
}
