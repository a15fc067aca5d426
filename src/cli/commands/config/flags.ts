import type { ArgsDef } from 'citty'
import { UsageError } from '../../../base/usage-error.ts'
import { configPaths } from '../../config/config-input.ts'
import { commonFlags, textFlag } from '../../parse/arguments.ts'
import { sourceFlags } from '../../parse/config-flags.ts'
import type { Flags } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'

/** Flags and arguments that the `config` commands share. */

export const configFlags: ArgsDef = {
  ...sourceFlags,
  dev: { type: 'boolean', description: 'Use the file in the current directory: nexus-claude-api.local.json' },
  ...commonFlags,
}

export const keyArgument: ArgsDef = {
  key: {
    type: 'positional',
    required: true,
    description: 'Name of the setting, as in a file: model, apiKey, logging.level',
  },
}

/** The file that a command changes or prints. Throws UsageError. */
export const targetFile = (flags: Flags, { machine }: Io): string => {
  if (flags['dev'] === true && textFlag(flags, 'config') !== undefined) {
    throw new UsageError('--dev and --config name two different files. Use only one of these flags.')
  }
  return configPaths(flags, machine).target
}
