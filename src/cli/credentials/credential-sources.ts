import { join } from 'node:path'
import { setTimeout as resolveAfter } from 'node:timers/promises'
import type { Logger } from '../../base/logger.ts'
import type { Config } from '../../config/load.ts'
import { type Machine, settingPath } from '../../config/paths.ts'
import type { CredentialSources } from '../../upstreams/anthropic/credentials/credentials.ts'
import { oauthSources } from './oauth-sources.ts'

const sleep = (milliseconds: number): Promise<void> => resolveAfter(milliseconds)

/**
 * The credentials of this machine for the upstream `anthropic`. Loads what reads them only for this upstream, and only
 * what the configuration names.
 */
export const credentialSources = async (config: Config, log: Logger, machine: Machine): Promise<CredentialSources> => {
  if (config.upstream !== 'anthropic') return {}
  const { credentialsDir, clientSetupDir } = config.anthropic
  const sources: { -readonly [Name in keyof CredentialSources]: CredentialSources[Name] } = {
    ...(await oauthSources(config, log, machine)),
  }
  if (credentialsDir !== undefined) {
    const { createDomainFiles } = await import('../../upstreams/anthropic/credentials/domain-files.ts')
    const folder = settingPath(machine, credentialsDir)
    const isWindows = machine.platform === 'win32'
    sources.domainFiles = createDomainFiles({ folder, isWindows, log, now: () => performance.now(), sleep })
  }
  if (clientSetupDir !== undefined) {
    const { createHandedOutToken } = await import('../../upstreams/anthropic/credentials/handed-out-token.ts')
    sources.isHandedOut = createHandedOutToken(join(settingPath(machine, clientSetupDir), '.credentials.json'), sleep)
  }
  return sources
}
