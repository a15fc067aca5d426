import { logLevels } from '../../base/logger.ts'
import type { Setting } from './setting.ts'

export const loggingSettings = [
  {
    key: 'logging.format',
    flag: 'log-format',
    environment: ['NEXUS_LOG_FORMAT'],
    type: { kind: 'choice', options: ['text', 'json'] },
    default: 'text',
    description: 'Form of the log',
    details: '[What stands in it](logging.md).',
  },
  {
    key: 'logging.level',
    flag: 'log-level',
    environment: ['NEXUS_LOG_LEVEL'],
    type: { kind: 'choice', options: logLevels },
    default: 'info',
    description: 'How much is logged',
  },
  {
    key: 'logging.file',
    flag: 'log-file',
    environment: ['NEXUS_LOG_FILE'],
    type: { kind: 'text' },
    description: 'File that the log is written to as well',
    details:
      'Readable by you alone. Rotated at the start when larger than 10 MB; three are kept ([how](logging.md#the-file)).',
    hint: 'file',
  },
] as const satisfies readonly Setting[]
