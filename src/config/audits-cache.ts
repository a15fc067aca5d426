import type { Config } from './load.ts'

/** Whether the server finds out why requests miss the prompt cache: only for prompts that it translates by block. */
export const auditsCache = (config: Pick<Config, 'cacheAudit' | 'upstream'>): boolean =>
  config.cacheAudit === 'on' && config.upstream === 'nexus'
