import type { Setting } from './setting.ts'

const mostWorkers = 64

/** Several processes and machines that act as one server (OP-R, OP-K7). */
export const scalingSettings = [
  {
    key: 'workers',
    flag: 'workers',
    environment: ['NEXUS_WORKERS'],
    upstreamEnvironment: { openai: ['WORKERS'] },
    type: { kind: 'number', minimum: 1, maximum: mostWorkers, integer: true },
    default: 1,
    description: 'Serve with this many processes on one port',
    details: 'At most one for each core. Linux only; elsewhere the server warns, and uses one.',
    hint: 'count',
  },
  {
    key: 'state.url',
    flag: 'state',
    environment: ['NEXUS_STATE', 'NEXUS_STATE_FILE'],
    type: { kind: 'secret' },
    description: 'Share limits and budgets with other servers through this Redis; memory for none',
    details:
      'An address like `redis://user:password@host:6379/0`, or `rediss://` for TLS. `NEXUS_STATE_FILE` is the path of a file that contains only the address.',
    hint: 'url',
  },
  {
    key: 'state.onOutage',
    environment: ['NEXUS_STATE_ON_OUTAGE'],
    type: { kind: 'choice', options: ['local', 'refuse'] },
    default: 'local',
    description: 'Do this while Redis does not answer',
    details: 'With `local`, each server limits by itself; with `refuse`, requests get status 529.',
  },
  {
    key: 'state.prefix',
    environment: ['NEXUS_STATE_PREFIX'],
    type: { kind: 'text' },
    default: 'nexus:1:',
    description: 'Begin each key in Redis with this text',
    hint: 'text',
  },
] as const satisfies readonly Setting[]
