import { logLevels } from '../../base/logger.ts'
import type { Setting } from './setting.ts'

export const loggingSettings = [
  {
    key: 'logging.format',
    flag: 'log-format',
    environment: ['NEXUS_LOG_FORMAT'],
    type: { kind: 'choice', options: ['text', 'json'] },
    default: 'text',
    description: 'Write the log in this format',
    details: '[What it contains](logging.md).',
  },
  {
    key: 'logging.level',
    flag: 'log-level',
    environment: ['NEXUS_LOG_LEVEL'],
    upstreamEnvironment: { openai: ['LOG_LEVEL'] },
    type: { kind: 'choice', options: logLevels, synonyms: { warning: 'warn', critical: 'error' } },
    default: 'info',
    description: 'Log events of this level and above',
  },
  {
    key: 'logging.file',
    flag: 'log-file',
    environment: ['NEXUS_LOG_FILE'],
    type: { kind: 'text' },
    description: 'Also write the log to this file',
    details:
      'Only you can read it. The server rotates it at the start if it is larger than 10 MB, and keeps three files ([how](logging.md#the-file)).',
    hint: 'file',
  },
] as const satisfies readonly Setting[]
